// JSON, UTF-8 and base64 where readers of other languages are lax.
import { input, no } from './case.js';
import { envelope, signed } from './envelopes.js';
import { APP, RETIRED } from './keys.js';

/** @type {import('./case.js').Case[]} */
export const JSON_TEXTS = [];

/** @param {string} name @param {string | Buffer} text @param {string} reason empty where it holds */
function add(name, text, reason) {
  JSON_TEXTS.push({
    name,
    kind: 'response',
    input: input(text),
    keyring: 'seller',
    policy: {},
    expect: reason === '' ? { ok: true, kid: APP.kid, role: null } : no(reason),
  });
}

const plain = signed('{"code":200,"timestamp":1795867200}');
const text = envelope(plain);
/** An envelope with further members before its own. @param {string} members */
const beside = (members) => text.replace('{', `{${members},`);
/** @param {number} depth */
const nested = (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** @type {Readonly<Record<string, string>>} */
const TAKEN = {
  'numbers of every form': '[0,-0,1E2,1e+2,1.50e-7,123456789012345678901234567890]',
  'a number beyond all doubles': '1e400',
  'a number beyond all doubles, below zero': '-1E+999999999999',
  'a number too small': '1e-400',
  'a number of 400 digits': '9'.repeat(400),
  'a number of 5,000 digits': '7'.repeat(5000),
  'every escape': '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDD11"',
  'U+007F, U+2028 and U+FEFF as they are': '"\u007f\u2028\ufeff"',
  'the last character of all': '"\u{10ffff}"',
  'characters that are none': '"\\uffff\\ufdd0\uffff"',
  'one name in two objects': '[{"a":1},{"a":1}]',
  '64 levels': nested(64),
};
for (const [name, value] of Object.entries(TAKEN)) add(`beside it: ${name}`, beside(`"more":${value}`), '');
add('beside it: names that differ in case', beside('"Signature":null,"RESPONSE_BASE64":1'), '');
add('beside it: __proto__', beside('"__proto__":{"signature":null},"constructor":1'), '');
add('beside it: names of numbers', beside('"0":1,"00":1,"-1":1'), '');

/** @type {Readonly<Record<string, string>>} */
const REFUSED = {
  '65 levels': nested(65),
  undefined: 'undefined',
  nan: 'nan',
  TRUE: 'TRUE',
  'a minus alone': '-',
  'a minus and a zero before a digit': '-01',
  'a minus and a name': '-Infinity',
  'an exponent without digits': '1e',
  'an exponent with a fraction': '1e1.5',
  'an underscore': '1_000',
  'a suffix': '1f',
  'digits of another script': '\u0661',
  octal: '0o7',
  'a comma alone': '[,]',
  'a comma behind the last': '[1,]',
  'no comma': '[1 2]',
  'a colon in a list': '[1:2]',
  'a name alone': '{"a"}',
  'a name that is a number': '{1:1}',
  'a name without quotes': '{a:1}',
  'two colons': '{"a"::1}',
  'a bracket of the other kind': '[1}',
  'a line feed in a text': '"\n"',
  'a NUL in a text': '"\0"',
  'U+001F in a text': '"\u001f"',
  'an escape with a sign': '"\\u+123"',
  'an escape with a blank': '"\\u 123"',
  'an escape of three digits': '"\\u123"',
  'an escape of a digit': '"\\0"',
  'an escaped single quote': '"\\\'"',
  'an escaped line feed': '"\\\n"',
  'a capital escape': '"\\U0041"',
  'a text that does not end': '"a',
  'half a pair, then the other half': '"\\ud83d \\udd11"',
  'a half too many': '"\\ud83d\\ud83d\\udd11"',
  'half a pair, and a letter': '"\\ud800a"',
  'half a pair at the very end': '"a\\ud800"',
};
for (const [name, value] of Object.entries(REFUSED))
  add(`beside it, refused: ${name}`, beside(`"more":${value}`), 'malformed');
add('beside it, refused: half a pair in a name', beside('"\\udfff":1'), 'malformed');
add('beside it, refused: a name twice among many', beside('"a":[{"b":{"":1,"c":2,"":1}}]'), 'malformed');
add('beside it, refused: __proto__ twice', beside('"__proto__":1,"__proto__":1'), 'malformed');

/** @type {Readonly<Record<string, string>>} */
const BEHIND = {
  'a brace': '}',
  'a NUL': '\0',
  'a comma': ',',
  'a comment': ' // x',
  'a no-break space': '\u00a0',
  'a vertical tab': '\v',
  'a form feed': '\f',
  'a byte order mark': '\ufeff',
  'a next line': '\u0085',
};
for (const [name, end] of Object.entries(BEHIND)) add(`behind it: ${name}`, text + end, 'malformed');
add('members by __proto__ alone', `{"__proto__":${text}}`, 'malformed');
add('a hundred thousand objects that do not end', '{"a":'.repeat(20_000), 'malformed');
add('the envelope as a text', JSON.stringify(text), 'malformed');

/** @param {string} hex */
const bytes = (hex) => {
  const [head = '', tail = ''] = beside('"more":"@"').split('@');
  return Buffer.concat([Buffer.from(head), Buffer.from(hex, 'hex'), Buffer.from(tail)]);
};
/** @type {Readonly<Record<string, string>>} */
const NO_UTF8 = {
  'a slash in two bytes': 'c0af',
  'a NUL in two bytes': 'c080',
  'a slash in three bytes': 'e080af',
  'a letter in three bytes': 'e09fbf',
  'a slash in four bytes': 'f08080af',
  'U+FFFF in four bytes': 'f08fbfbf',
  'a pair in six bytes': 'eda0bdedb491',
  'the last half of all': 'edbfbf',
  'past the last character': 'f4908080',
  'a lead F5': 'f5808080',
  'five bytes': 'f888808080',
  'Latin-1': 'e9',
  FE: 'fe',
  'a following byte alone': '80',
  'a character cut off': 'f09f94',
  'a character cut off by a letter': 'e28241',
  'a character cut off by another': 'e282c3a9',
};
for (const [name, hex] of Object.entries(NO_UTF8)) add(`no UTF-8: ${name}`, bytes(hex), 'malformed');
add('UTF-8 of every length', bytes('41c280dfbfe0a080ed9fbfee8080efbfbdf0908080f48fbfbf'), '');
const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
add('UTF-16, the low byte first', wide, 'malformed');
add('UTF-16, the high byte first', Buffer.from(wide).swap16(), 'malformed');

const { signature } = plain;
/** @type {Readonly<Record<string, string>>} */
const NO_BASE64 = {
  'a blank before it': ` ${signature}`,
  'a blank inside': `${signature.slice(0, 20)} ${signature.slice(20)}`,
  'a line break inside': `${signature.slice(0, 64)}\\r\\n${signature.slice(64)}`,
  'a line feed at its end': `${signature}\\n`,
  'half its padding': signature.slice(0, -1),
  'a sign of padding too many': `${signature}=`,
  'padding inside': `${signature.slice(0, 40)}====${signature.slice(40)}`,
  'more behind its padding': `${signature}AAAA`,
  'a sign of no alphabet': `${signature.slice(0, 20)}!${signature.slice(21)}`,
  'a sign beyond ASCII': `${signature.slice(0, 20)}é${signature.slice(21)}`,
  'a digit of full width': `${signature.slice(0, 20)}\uff11${signature.slice(21)}`,
  // Its low eight bits are those of an A.
  'U+0141': `${signature.slice(0, 20)}\u0141${signature.slice(21)}`,
  'a NUL inside': `${signature.slice(0, 20)}\\u0000${signature.slice(21)}`,
  'padding alone': '====',
  'one sign': 'A',
  'three signs of padding': 'A===',
  'a comma, as IMAP has': `${signature.slice(0, 20)},${signature.slice(21)}`,
  'longer than any signature': 'A'.repeat(1372),
  'the literal in small letters': 'private key not set',
};
for (const [name, value] of Object.entries(NO_BASE64))
  add(`signature, refused: ${name}`, envelope({ ...plain, signature: value }), 'malformed');
add('signature: one byte', envelope({ ...plain, signature: 'AA==' }), 'unknown_key');
for (const value of ['false', '0', '[]', '{}', `["${signature}"]`])
  add(`signature, refused: ${value.slice(0, 6)}`, text.replace(`"${signature}"`, value), 'malformed');
for (const value of ['null', 'true', '[]', `["${plain.base64}"]`])
  add(
    `response_base64, refused: ${value.slice(0, 6)}`,
    text.replace(`"${plain.base64}"`, value),
    'malformed',
  );
add('private_key_used is null', text.replace('"product"', 'null'), 'malformed');
add('unsigned, and its copy differs', envelope({ ...plain, response: '{}', signature: '' }), 'unsigned');
add('unsigned, and no base64', envelope({ ...plain, base64: '!', signature: '' }), 'malformed');

/** Signed as it is spelled. @param {string} base64 */
const spelled = (base64) =>
  envelope({ base64, role: 'product', signature: APP.sign(base64).toString('base64') });
add('signed base64: as it should be', spelled('eyJhIjoxfSA='), '');
add('signed base64: bits behind its end', spelled('eyJhIjoxfSB='), 'malformed');
add('signed base64: no padding', spelled('eyJhIjoxfSA'), 'malformed');
add('signed base64: a blank behind it', spelled('eyJhIjoxfSA= '), 'malformed');
add('signed base64: nothing', spelled(''), 'malformed');
add('signed base64: url-safe', spelled('eyJhIjoiPz8_In0='), 'malformed');
add('signed base64: the same in the right alphabet', spelled('eyJhIjoiPz8/In0='), '');
add('a sign of base64 by an escape', text.replace('"response_base64":"e', '"response_base64":"\\u0065'), '');
add('a name by an escape', text.replace('"signature"', '"s\\u0069gnature"'), '');

/** @param {string} signedNumber @param {string} copied */
const number = (signedNumber, copied) =>
  envelope({ ...signed(`{"n":${signedNumber}}`), response: `{"n":${copied}}` });
add('doubles: too small to be other than 0', number('1e-400', '0'), '');
add('doubles: the least is not 0', number('5e-324', '0'), 'sibling_mismatch');
add('doubles: half the least is 0', number('2e-324', '-0.0'), '');
add('doubles: 1e23', number('1e23', '99999999999999991611392'), '');
add('doubles: the next one', number('0.1', '0.10000000000000002'), 'sibling_mismatch');
add('doubles: halfway goes to the even one', number('9007199254740993.0', '9007199254740992'), '');
add('doubles: past halfway', number('9007199254740993.0000000001', '9007199254740994'), '');
add('doubles: all that are too great are one', number('1e400', '2e500'), '');
add('doubles: too great is not the greatest', number('1e400', '1.7976931348623157e308'), 'sibling_mismatch');
add(
  'a copy of a retired key is judged before its time',
  envelope({ ...signed('{"a":1}', RETIRED), response: '{}' }),
  'sibling_mismatch',
);
