// A key rotation as a client app lives it, then a support person with two failing envelopes:
// npm run build && node samples/day-client/run.js
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addKey, compromiseKey, formatKeyring, generateKeyPair, retireKey, signToText } from 'keywright';
import { explainResponse } from 'keywright/explain';
import { nativeSigner, readPrivateKey, writeKeyPair } from 'keywright/node';
import { loadKeyring, verifyResponse } from 'keywright/verify';

const folder = await mkdtemp(join(tmpdir(), 'keywright-day-'));
try {
  await rotate();
} finally {
  await rm(folder, { recursive: true });
}

async function rotate() {
  console.log('January. The shop makes a key and publishes its keyring; the app ships with it.');
  const winter = await makeKey('winter');
  let keyring = addKey(undefined, winter.publicKey, { role: 'product' });
  await publish('january', keyring);
  const old = await answer('winter', '2026-01-10T12:00:00Z');
  await app('the app', old, 'january', '2026-01-10T12:00:05Z');

  console.log(
    'March. The next key joins the keyring a month before it signs, so that updates arrive in time.',
  );
  const april = new Date('2026-04-01T00:00:00Z');
  const spring = await makeKey('spring');
  keyring = addKey(keyring, spring.publicKey, { role: 'product', validFrom: april });
  await publish('march', keyring);
  await app(
    'an updated app',
    await answer('winter', '2026-03-20T12:00:00Z'),
    'march',
    '2026-03-20T12:00:05Z',
  );

  console.log('April. The shop signs with the new key and retires the old one.');
  keyring = retireKey(keyring, winter.kid, april);
  await publish('april', keyring);
  const fresh = await answer('spring', '2026-04-02T12:00:00Z');
  await app('an app updated in March', fresh, 'march', '2026-04-02T12:00:05Z');
  await app('an app updated in April', fresh, 'april', '2026-04-02T12:00:05Z');
  await app('the same, about the answer of January', old, 'april', '2026-04-02T12:00:05Z');
  await app('an app that never updated', fresh, 'january', '2026-04-02T12:00:05Z');
  const late = await answer('winter', '2026-05-01T12:00:00Z');
  await app('an updated app, shown what the old key signed in May', late, 'april', '2026-05-01T12:00:05Z');

  console.log(
    'June. The old key was stolen. Whoever has it can write any date, so nothing it signed counts.',
  );
  keyring = compromiseKey(keyring, winter.kid);
  await publish('june', keyring);
  await app('an updated app, about the answer of January', old, 'june', '2026-06-01T12:00:00Z');
  await app('the same, about the answer of April', fresh, 'june', '2026-06-01T12:00:00Z');

  console.log('A customer writes to support: the app refuses the license. The answer came by mail.');
  await support('spoiled by an editor', fresh.replace('2027-01-01', '2099-01-01'), 'june');
  const wrapped = fresh.replace(/"response_base64":".{64}/, '$&\\r\\n');
  await support('wrapped by a mail program', wrapped, 'june');
}

/** @param {string} name */
async function makeKey(name) {
  const pair = await generateKeyPair();
  await writeKeyPair(join(folder, name), pair);
  return pair;
}

/**
 * @param {string} month
 * @param {import('keywright').Keyring} keyring
 */
async function publish(month, keyring) {
  await writeFile(join(folder, `${month}.json`), formatKeyring(keyring));
}

/**
 * What the shop answers at a time.
 *
 * @param {string} key
 * @param {string} time
 */
async function answer(key, time) {
  const signer = nativeSigner(await readPrivateKey(join(folder, `${key}.private.pem`)));
  const payload = { license: { plan: 'team', expires: '2027-01-01' }, timestamp: Date.parse(time) / 1000 };
  return signToText(payload, signer);
}

/**
 * What an app with the keyring of a month makes of an answer.
 *
 * @param {string} who
 * @param {string} envelope
 * @param {string} month
 * @param {string} now
 */
async function app(who, envelope, month, now) {
  const keyring = loadKeyring(await readFile(join(folder, `${month}.json`), 'utf8'));
  const verdict = await verifyResponse(envelope, keyring, { role: 'product', now: new Date(now) });
  console.log(`  ${who}: ${verdict.ok ? 'verified' : `${verdict.reason}. ${verdict.hint}`}`);
}

/**
 * @param {string} what
 * @param {string} envelope
 * @param {string} month
 */
async function support(what, envelope, month) {
  const keyring = await readFile(join(folder, `${month}.json`), 'utf8');
  const { verdict, cause, text, path } = await explainResponse(envelope, keyring, { role: 'product' });
  const reason = verdict?.ok === false ? verdict.reason : 'verified';
  console.log(`  ${what}: ${reason}, because ${cause}${path === undefined ? '' : ` at ${path}`}. ${text}`);
}
