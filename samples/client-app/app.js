// A client app's share of the work, from start to verdict: node app.js LICENSE.json KEY DEVICE
// It trusts the keyring that was embedded when it was built, and nothing else: not the files that it fetched or kept.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  addEvidence,
  applyKeyringUpdate,
  openRevocations,
  parseKeyring,
  verifyLicense,
} from 'keywright/license';

// A real app has these from its build, its settings folder, and the network.
const { EMBEDDED = 'keyring.json', STATE = '.', FETCHED = '.', BUILT = '0' } = process.env;
const now = process.env.NOW === undefined ? new Date() : new Date(process.env.NOW);
const [file = '', key = '', device = ''] = process.argv.slice(2);

// 1. The keyring: the embedded one, or what a key of the embedded one signed as its update.
const embedded = parseKeyring(readFileSync(EMBEDDED, 'utf8'));
const update = applyKeyringUpdate(embedded, fetched('keyring.update'), kept('keyring-state'));
const keyring = update.ok ? update.keyring : embedded;
if (update.ok) keep('keyring-state', update.state);

// 2. The list of revoked keys: the newest that was fetched; an older one than before is refused.
const list = fetched('revocations');
const policy = { name: 'acme.example/app', product: 'app', now, last: kept('list-state') };
const revocations = list === undefined ? [] : [await openRevocations(list, keyring, policy)];
for (const each of revocations) if (each.ok) keep('list-state', each.latest);

// 3. May this customer use this product with this key on this device now?
const evidence = kept('evidence') ?? { built: Number(BUILT) };
const verdict = await verifyLicense(readFileSync(file, 'utf8'), keyring, {
  product: 'app',
  key,
  device,
  now,
  evidence,
  revocations,
  parse: (entitlements) => ({ seats: wholeNumber(entitlements.seats) }),
});

// 4. What was verified is evidence of the time: a clock that is set back later does not help.
let proof = evidence;
for (const each of [update, ...revocations, verdict]) proof = addEvidence(proof, each, now, keyring);
keep('evidence', proof);

if (verdict.ok) console.log(`unlocked: ${verdict.entitlements.seats} seats`);
else console.log(`locked (${verdict.reason}): ${verdict.hint}`);
process.exitCode = verdict.ok ? 0 : 1;

/** @param {unknown} value */
function wholeNumber(value) {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new Error('seats are no whole number');
}

/**
 * What the app fetched last; undefined when it never reached its server.
 *
 * @param {string} name
 */
function fetched(name) {
  try {
    return readFileSync(join(FETCHED, name));
  } catch {
    return undefined;
  }
}

/**
 * What the app kept; undefined when there is nothing, or nothing that can be read.
 *
 * @param {string} name
 */
function kept(name) {
  try {
    return JSON.parse(readFileSync(join(STATE, `${name}.json`), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function keep(name, value) {
  const path = join(STATE, `${name}.json`);
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}
