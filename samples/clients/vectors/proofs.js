// verifySealedKey: whether a key stands in a sealed batch, and may be used.
import { DAY, input, NOW, NOW_SECONDS, no, utc } from './case.js';
import {
  APP,
  NEXT_SEALS,
  PRO_SEALS,
  RETIRED_SEALS,
  SEALS,
  STOLEN,
  STOLEN_SEALS,
  STRANGER,
  sha256,
} from './keys.js';
import { LIST_NAME, list, listWith, rowOf, rowOfOrigin } from './lists.js';
import { BROKEN_NOTES, badLine, foreignLine, line } from './notes.js';

/** @typedef {import('./keys.js').Pair} Pair */

const ORIGIN = 'acme.example/keywright/seal/v1/2026-11';
const ISSUED = NOW_SECONDS - 10 * DAY;
const CLAIMS = { issued: ISSUED, product: 'app', valid_until: '2027-12-31T00:00:00Z' };

/** @type {import('./case.js').Case[]} */
export const PROOFS = [];

/**
 * @param {string} name
 * @param {string | Buffer} text
 * @param {import('./case.js').Expected} expect
 * @param {object} [policy]
 * @param {{ keyring?: string, needs?: readonly string[] }} [more]
 */
function add(name, text, expect, policy, { keyring = 'seller', needs } = {}) {
  const whole = { key: 'AAAA-0002', origins: ['acme.example'], product: 'app', now: NOW, ...policy };
  PROOFS.push({
    name,
    kind: 'proof',
    input: input(text),
    keyring,
    policy: whole,
    expect,
    ...(needs && { needs }),
  });
}

/** @param {Buffer} data */
const leafHash = (data) => sha256(Buffer.concat([Buffer.from([0]), data]));
/** @param {Buffer} left @param {Buffer} right */
const nodeHash = (left, right) => sha256(Buffer.concat([Buffer.from([1]), left, right]));
/** The greatest power of two below a number. @param {number} size */
const split = (size) => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 6962, section 2.1, as it stands there. @param {readonly Buffer[]} leaves @returns {Buffer} */
function rootOf(leaves) {
  const [first = sha256('')] = leaves;
  if (leaves.length < 2) return first;
  const k = split(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** RFC 6962, section 2.1.1. @param {number} index @param {readonly Buffer[]} leaves @returns {readonly Buffer[]} */
function pathOf(index, leaves) {
  if (leaves.length < 2) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

/**
 * The data of a leaf, or of a proof's extra where the key is empty.
 *
 * @typedef {{ key: string, first?: string, salt?: string, claims?: object | string }} Row
 * @param {Row} row
 * @param {string} [shown]
 */
function dataOf({ key, first = 'keywright/key/v1', salt = '', claims = CLAIMS }, shown = key) {
  return Buffer.from(
    `${first}\n${shown}\n${salt}\n${typeof claims === 'string' ? claims : JSON.stringify(claims)}\n`,
  );
}

/** Rows of keys as they are compared: AAAA0000, AAAA0001, … @param {number} count @returns {Row[]} */
const rowsOf = (count) =>
  Array.from({ length: count }, (_, index) => ({ key: `AAAA${String(index).padStart(4, '0')}` }));

/** The signed text of a batch. @param {readonly Row[]} rows @param {string} [origin] */
const checkpoint = (rows, origin = ORIGIN) =>
  `${origin}\n${rows.length}\n${rootOf(rows.map((row) => leafHash(dataOf(row)))).toString('base64')}\n`;

/** A text with signatures under a name. @param {string} text @param {readonly Pair[]} [pairs] @param {string} [name] */
const sealed = (text, pairs = [SEALS], name = ORIGIN) =>
  `${text}\n${pairs.map((pair) => line(text, name, pair)).join('')}`;

/** A proof. @param {Row} row @param {number | string} index @param {readonly Buffer[]} path @param {string} seal */
function proofText(row, index, path, seal) {
  const hashes = path.map((hash) => `${hash.toString('base64')}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nextra ${dataOf(row, '').toString('base64')}\nindex ${index}\n${hashes}\n${seal}`;
}

/** The proof of one of the rows. @param {readonly Row[]} rows @param {number} index @param {string} [seal] */
function proof(rows, index, seal = sealed(checkpoint(rows))) {
  const row = rows[index] ?? { key: '' };
  return proofText(
    row,
    index,
    pathOf(
      index,
      rows.map((each) => leafHash(dataOf(each))),
    ),
    seal,
  );
}

/** @param {object} [members] */
const yes = (members) => ({
  ok: true,
  kid: SEALS.kid,
  origin: ORIGIN,
  index: 2,
  size: 7,
  signedAt: utc(ISSUED),
  clockBehind: false,
  listStale: false,
  ...members,
});

const seven = rowsOf(7);
const seal = sealed(checkpoint(seven));
const plain = proof(seven, 2);
for (const [size, index] of [
  [1, 0],
  [2, 0],
  [2, 1],
  [3, 2],
  [4, 3],
  [5, 4],
  [6, 4],
  [7, 6],
  [8, 0],
  [9, 8],
  [33, 31],
  [33, 32],
  [100, 63],
  [100, 64],
  [100, 99],
])
  add(`row ${index} of ${size}`, proof(rowsOf(size ?? 0), index ?? 0), yes({ index, size }), {
    key: `AAAA-${String(index).padStart(4, '0')}`,
  });
for (const typed of ['aaaa 0002', ' AAAA0002\n', 'a.a.a.a:0_0/0-2'])
  add(`typed as ${JSON.stringify(typed)}`, plain, yes(), { key: typed });
add('typed with other dashes', plain, yes(), { key: 'AAAA\u20110002' }, { needs: ['nfkc'] });

/** One row among seven, otherwise than the others. @param {Partial<Row>} row */
const withRow = (row) =>
  proof(
    seven.map((each, index) => (index === 2 ? { ...each, ...row } : each)),
    2,
  );
/** @param {object} claims */
const claiming = (claims) => withRow({ claims: { ...CLAIMS, ...claims } });
add('with a salt', withRow({ salt: Buffer.alloc(16, 9).toString('base64') }), yes());
add('exact', withRow({ first: 'keywright/key-exact/v1', key: 'AAAA-0002' }), yes());
add('for ever', claiming({ valid_until: null }), yes());
add('from this instant', claiming({ valid_from: NOW }), yes());
add('with more claims', claiming({ seats: 5, name: 'Zoë' }), yes());
add(
  'claims in another order',
  withRow({ claims: { valid_until: null, product: 'app', issued: ISSUED } }),
  yes(),
);
add('whatever time it is', claiming({ valid_until: '2020-01-01T00:00:00Z' }), yes(), { now: null });
add('without an end, whatever time it is', claiming({ valid_until: undefined }), yes(), { now: null });
add('whatever product it is', claiming({ product: 'pro' }), yes(), { product: null });
add('of no product, whatever it is', claiming({ product: undefined }), yes(), { product: null });
add('by its whole origin', plain, yes(), { origins: [ORIGIN] });
add('by a beginning of its origin', plain, yes(), { origins: ['other.example', 'acme.example/keywright/'] });
add('a line of somebody else beside', plain + foreignLine('other.example'), yes());
add('a line of an unknown key beside', plain + line(checkpoint(seven), ORIGIN, STRANGER), yes());
add(
  'endorsed by a newer key',
  proof(seven, 2, sealed(checkpoint(seven), [STOLEN_SEALS, NEXT_SEALS])),
  yes({ kid: NEXT_SEALS.kid }),
);
const old = seven.map((row) => ({
  ...row,
  claims: { ...CLAIMS, issued: Date.parse('2026-03-01T00:00:00Z') / 1000 },
}));
add(
  'by a retired key, before its end',
  proof(old, 2, sealed(checkpoint(old), [RETIRED_SEALS])),
  yes({ kid: RETIRED_SEALS.kid, signedAt: '2026-03-01T00:00:00Z' }),
);
add(
  'by a key that is newer than the batch',
  proof(old, 2, sealed(checkpoint(old), [NEXT_SEALS])),
  yes({ kid: NEXT_SEALS.kid, signedAt: '2026-03-01T00:00:00Z' }),
);
const stolen = proof(seven, 2, sealed(checkpoint(seven), [STOLEN_SEALS]));
add('by a stolen key, with the app’s own seal', stolen, yes(), { seals: [seal] });
add('by a stranger, with the app’s own seal', proof(seven, 2, sealed(checkpoint(seven), [STRANGER])), yes(), {
  seals: ['x', seal],
});
const pro = seven.map((row) => ({ ...row, claims: { ...CLAIMS, product: 'pro' } }));
add(
  'by a key of its product',
  proof(pro, 2, sealed(checkpoint(pro), [PRO_SEALS])),
  yes({ kid: PRO_SEALS.kid }),
  { product: 'pro' },
  { keyring: 'products' },
);

const PARTS = plain.split('\n');
/** @param {number} at @param {string} text */
const withLine = (at, text) => PARTS.map((each, index) => (index === at ? text : each)).join('\n');
const extra = Buffer.from((PARTS[1] ?? '').slice(6), 'base64').toString();
/** @param {string} text */
const withExtra = (text) => withLine(1, `extra ${Buffer.from(text).toString('base64')}`);
for (const [name, breakIt] of BROKEN_NOTES) add(`a note ${name}`, breakIt(plain), no('malformed'));
/** @type {readonly (readonly [string, string])[]} */
const MALFORMED = [
  ['a later version', withLine(0, 'c2sp.org/tlog-proof@v2')],
  ['a blank behind its first line', withLine(0, `${PARTS[0]} `)],
  ['no extra', plain.replace(/extra .*\n/, '')],
  ['extra that is not canonical base64', withLine(1, `${PARTS[1]?.replace(/=*$/, '')}`)],
  ['extra of another artefact', withExtra(extra.replace('keywright/key/v1', 'keywright/id/v1'))],
  ['extra that holds its key', withExtra(extra.replace('\n\n', '\nAAAA0002\n'))],
  ['extra without its last line feed', withExtra(extra.slice(0, -1))],
  ['extra with a line too many', withExtra(`${extra}\n`)],
  ['a salt of 15 bytes', withExtra(extra.replace('\n\n\n', `\n\n${Buffer.alloc(15).toString('base64')}\n`))],
  [
    'a salt that is not canonical base64',
    withExtra(extra.replace('\n\n\n', '\n\nAAAAAAAAAAAAAAAAAAAAAB==\n')),
  ],
  ['no index', plain.replace(/index .*\n/, '')],
  ['index 02', withLine(2, 'index 02')],
  ['index -1', withLine(2, 'index -1')],
  ['index +2', withLine(2, 'index +2')],
  ['index 2.0', withLine(2, 'index 2.0')],
  ['index 2e0', withLine(2, 'index 2e0')],
  ['index 2^53', withLine(2, 'index 9007199254740992')],
  ['index 10^30', withLine(2, `index 1${'0'.repeat(30)}`)],
  ['an index in digits of another script', withLine(2, 'index \u0662')],
  ['an empty index', withLine(2, 'index ')],
  ['a hash of 31 bytes', withLine(3, Buffer.alloc(31).toString('base64'))],
  ['a hash without padding', withLine(3, (PARTS[3] ?? '').slice(0, -1))],
  ['54 hashes', plain.replace(`${PARTS[3]}\n`, `${PARTS[3]}\n`.repeat(52))],
  ['an empty line too many', plain.replace('\n\n', '\n\n\n')],
  [
    'size 0',
    proofText(seven[2] ?? { key: '' }, 0, [], sealed(`${ORIGIN}\n0\n${rootOf([]).toString('base64')}\n`)),
  ],
  ['size 07', proof(seven, 2, sealed(checkpoint(seven).replace('\n7\n', '\n07\n')))],
  ['a root that is not canonical base64', proof(seven, 2, sealed(checkpoint(seven).replace(/=\n$/, '\n')))],
  ['a root of 31 bytes', proof(seven, 2, sealed(`${ORIGIN}\n7\n${Buffer.alloc(31).toString('base64')}\n`))],
  ['a line too many in its checkpoint', proof(seven, 2, sealed(`${checkpoint(seven)}more\n`))],
  ['an origin with a blank', proof(seven, 2, sealed(checkpoint(seven, `${ORIGIN} b`)))],
  [
    'an origin that is none of ours',
    proof(seven, 2, sealed(checkpoint(seven, 'acme.example/log'), [SEALS], 'acme.example/log')),
  ],
  [
    'an origin of another artefact',
    proof(
      seven,
      2,
      sealed(checkpoint(seven, 'keywright/keywright/seal/v1/a'), [SEALS], 'keywright/keywright/seal/v1/a'),
    ),
  ],
];
for (const [name, text] of MALFORMED) add(`malformed: ${name}`, text, no('malformed'));

add('another seller', plain, no('unknown_origin'), { origins: ['other.example'] });
add('a seller whose name begins so', plain, no('unknown_origin'), { origins: ['acme.exampl'] });
add('a seller in other letters', plain, no('unknown_origin'), { origins: ['Acme.example'] });
add('another batch', plain, no('unknown_origin'), { origins: [`${ORIGIN}1`] });
add('a key of no keyring', proof(seven, 2, sealed(checkpoint(seven), [STRANGER])), no('unknown_key'));
add('a key for responses', proof(seven, 2, sealed(checkpoint(seven), [APP])), no('unknown_key'));
add('a stolen key for responses', proof(seven, 2, sealed(checkpoint(seven), [STOLEN])), no('unknown_key'));
add(
  'signed under another name',
  proof(seven, 2, sealed(checkpoint(seven), [SEALS], 'acme.example')),
  no('unknown_key'),
);
add(
  'the seal of another batch does not stand in',
  proof(seven, 2, sealed(checkpoint(seven), [STRANGER])),
  no('unknown_key'),
  { seals: [sealed(checkpoint(rowsOf(8)))] },
);
add(
  'a bad line of the key',
  `${checkpoint(seven)}\n${badLine(ORIGIN, SEALS)}`.replace(/^/, plain.slice(0, plain.indexOf('\n\n') + 2)),
  no('bad_signature'),
);
add('a bad line of the key beside a good one', plain + badLine(ORIGIN, SEALS), no('bad_signature'));
add('another size than was signed', plain.replace('\n7\n', '\n8\n'), no('bad_signature'));
add('a stolen key alone', stolen, no('key_compromised'));

add('another key of the batch', plain, no('not_in_batch'), { key: 'AAAA-0003' });
add('a key of no batch', plain, no('not_in_batch'), { key: 'ZZZZ-0002' });
add('an empty key', plain, no('not_in_batch'), { key: '' });
add('a key of dashes alone', plain, no('not_in_batch'), { key: '--' });
add(
  'a key with lines in it',
  withRow({ first: 'keywright/key-exact/v1', key: 'AAAA-0002' }),
  no('not_in_batch'),
  { key: 'AAAA-0002\n' },
);
add(
  'exact, in other letters',
  withRow({ first: 'keywright/key-exact/v1', key: 'AAAA-0002' }),
  no('not_in_batch'),
  { key: 'aaaa-0002' },
);
add(
  'a canonical seal read as an exact one',
  withExtra(extra.replace('keywright/key/v1', 'keywright/key-exact/v1')),
  no('not_in_batch'),
);
add(
  'an exact seal read as a canonical one',
  withRow({ first: 'keywright/key-exact/v1', key: 'AAAA-0002' }).replace(/extra .*/, PARTS[1] ?? ''),
  no('not_in_batch'),
);
add('another index', withLine(2, 'index 3'), no('not_in_batch'));
add('an index of the size', withLine(2, 'index 7'), no('not_in_batch'));
add('the greatest index', withLine(2, 'index 9007199254740991'), no('not_in_batch'));
add('other claims', withExtra(extra.replace('2027', '2037')), no('not_in_batch'));
add(
  'claims in another order than was sealed',
  withExtra(extra.replace(/\{("issued":\d+),("product":"app"),/, '{$2,$1,')),
  no('not_in_batch'),
);
add(
  'a salt that was not sealed',
  withExtra(extra.replace('\n\n\n', '\n\nAAAAAAAAAAAAAAAAAAAAAA==\n')),
  no('not_in_batch'),
);
add('a hash too few', plain.replace(`${PARTS[5]}\n`, ''), no('not_in_batch'));
add('a hash too many', plain.replace(`${PARTS[5]}\n`, `${PARTS[5]}\n`.repeat(2)), no('not_in_batch'));
add('53 hashes', plain.replace(`${PARTS[3]}\n`, `${PARTS[3]}\n`.repeat(51)), no('not_in_batch'));
add(
  'two hashes swapped',
  [...PARTS.slice(0, 3), PARTS[4], PARTS[3], ...PARTS.slice(5)].join('\n'),
  no('not_in_batch'),
);
add('no hashes', plain.replace(/(index 2\n)[\s\S]*?\n\n/, '$1\n'), no('not_in_batch'));
add(
  'the path of another row',
  proof(seven, 3).replace(/extra .*\nindex 3/, `${PARTS[1]}\nindex 2`),
  no('not_in_batch'),
);
const nodes = rowsOf(4).map((row) => leafHash(dataOf(row)));
const inner = nodeHash(nodes[0] ?? Buffer.alloc(0), nodes[1] ?? Buffer.alloc(0));
add(
  'a node passed off as a leaf',
  proofText(
    { key: '' },
    0,
    [nodeHash(nodes[2] ?? inner, nodes[3] ?? inner)],
    sealed(checkpoint(rowsOf(4)).replace('\n4\n', '\n2\n')),
  ),
  no('not_in_batch'),
  { key: 'AAAA-0000' },
);

/** @type {readonly (readonly [string, object | string])[]} */
const BAD_CLAIMS = [
  ['that are empty', ''],
  ['that are no JSON', '{'],
  ['that are a list', '[]'],
  ['with a member twice', '{"issued":1,"issued":1}'],
  ['without issued', { product: 'app', valid_until: null }],
  ['issued as a text', { ...CLAIMS, issued: String(ISSUED) }],
  ['issued with a fraction', { ...CLAIMS, issued: ISSUED + 0.5 }],
  ['issued below zero', { ...CLAIMS, issued: -1 }],
  ['issued after the year 9999', { ...CLAIMS, issued: 253_402_300_800 }],
  ['with a product that is a number', { ...CLAIMS, product: 1 }],
  ['with an empty product', { ...CLAIMS, product: '' }],
  ['with a product that is null', { ...CLAIMS, product: null }],
  ['without an end', { issued: ISSUED, product: 'app' }],
  ['with an end that is a date alone', { ...CLAIMS, valid_until: '2027-12-31' }],
  ['with an end that is empty', { ...CLAIMS, valid_until: '' }],
  ['with a beginning that is null', { ...CLAIMS, valid_from: null }],
  ['with an end at its beginning', { ...CLAIMS, valid_from: CLAIMS.valid_until }],
];
for (const [name, claims] of BAD_CLAIMS) add(`claims ${name}`, withRow({ claims }), no('bad_claims'));

add(
  'by a retired key, after its end',
  proof(seven, 2, sealed(checkpoint(seven), [RETIRED_SEALS])),
  no('key_retired'),
);
add('another product', claiming({ product: 'pro' }), no('wrong_product'));
add('a product in other letters', claiming({ product: 'App' }), no('wrong_product'));
add('no product', claiming({ product: undefined }), no('wrong_product'));
add(
  'by a key of another product',
  proof(seven, 2, sealed(checkpoint(seven), [PRO_SEALS])),
  no('wrong_product'),
  {},
  { keyring: 'products' },
);
add(
  'by a key of another product, whatever product is asked',
  proof(seven, 2, sealed(checkpoint(seven), [PRO_SEALS])),
  no('wrong_product'),
  { product: null },
  { keyring: 'products' },
);
add(
  'by the keys of two products',
  proof(seven, 2, sealed(checkpoint(seven), [PRO_SEALS, SEALS])),
  yes(),
  {},
  { keyring: 'products' },
);
add(
  'by the keys of two products, for the other',
  proof(pro, 2, sealed(checkpoint(pro), [SEALS, PRO_SEALS])),
  yes({ kid: PRO_SEALS.kid }),
  { product: 'pro' },
  { keyring: 'products' },
);
add(
  'by the keys of two products, when the other asks',
  proof(seven, 2, sealed(checkpoint(seven), [PRO_SEALS, SEALS])),
  no('wrong_product'),
  { product: 'pro' },
  { keyring: 'products' },
);

/** @param {string} text @param {object} [more] */
const listed = (text, more) => ({ input: input(text), name: LIST_NAME, product: 'app', ...more });
const empty = list([]);
add('on no list', plain, yes(), { revocations: [listed(empty)], maxListAge: 2 * DAY });
add('with a list that is overdue', plain, yes({ listStale: true }), {
  revocations: [listed(listWith({ next: NOW }))],
});
add('revoked', plain, no('revoked'), { revocations: [listed(list([rowOf('AAAA-0002')]))] });
add('revoked, typed otherwise', plain, no('revoked'), {
  revocations: [listed(list([rowOf('AAAA-0002')]))],
  key: 'aaaa0002',
});
add('revoked with its whole batch', plain, no('revoked'), {
  revocations: [listed(list([rowOfOrigin(ORIGIN)]))],
});
add('another key revoked', plain, yes(), { revocations: [listed(list([rowOf('AAAA-0003')]))] });
add('another batch revoked', plain, yes(), { revocations: [listed(list([rowOfOrigin(`${ORIGIN}x`)]))] });
add('a list that compares otherwise', plain, no('list_bad'), {
  revocations: [listed(listWith({ comparison: 'exact' }))],
});
add('a bad list', plain, no('list_bad'), { revocations: [listed(`x${empty}`)] });
add('an older list', plain, no('list_rollback'), {
  revocations: [
    listed(empty, {
      last: { name: LIST_NAME, seen: [{ kid: APP.kid, number: 1, sha256: 'x', issued: NOW }] },
    }),
  ],
});
add('no list, where one is asked', plain, no('list_missing'), { maxListAge: DAY });
add('a list too old', plain, no('list_stale'), { revocations: [listed(empty)], maxListAge: 1 });

add('from the next instant', claiming({ valid_from: '2026-11-28T12:00:00.001Z' }), no('not_yet_valid'));
add('until this instant', claiming({ valid_until: NOW }), no('expired'));
add('the clock set back before it was sealed', claiming({ valid_until: utc(ISSUED) }), no('expired'), {
  now: '2025-01-01T00:00:00Z',
});
add('expired by when the app was built', plain, no('expired'), {
  evidence: { built: Date.parse('2028-01-01T00:00:00Z') / 1000 },
});
add('what a stolen key signed is no evidence', plain, yes(), {
  evidence: { signed: { [STOLEN.kid]: Date.parse('2028-01-01T00:00:00Z') / 1000 } },
});
add('a clock more than a day behind is told', claiming({ valid_until: null }), yes({ clockBehind: true }), {
  evidence: { built: NOW_SECONDS + DAY + 1 },
});

// What is wrong with the key, or with the product, is told before a missing end.
const endless = seven.map((row) => ({ ...row, claims: { issued: ISSUED, product: 'pro' } }));
add('without an end, for another product', proof(endless, 2), no('wrong_product'));
add(
  'without an end, by a retired key after its end',
  proof(endless, 2, sealed(checkpoint(endless), [RETIRED_SEALS])),
  no('key_retired'),
);
