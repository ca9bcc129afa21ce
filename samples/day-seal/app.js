// What an app does with a key and its proof, offline: node app.js PROOF [SEAL…] < KEY
// It trusts the keyring that it was built with. Seals that an update brings along stand in for those of old proofs.
import { readFileSync } from 'node:fs';
import { parseKeyring, verifySealedKey } from 'keywright/seal';

const { KEYRING = 'keyring.json' } = process.env;
const now = process.env.NOW === undefined ? new Date() : new Date(process.env.NOW);
const [proof = '', ...seals] = process.argv.slice(2);

const typed = readFileSync(0, 'utf8').trim();
const verdict = verifySealedKey(
  typed,
  JSON.parse(readFileSync(proof, 'utf8')).proof,
  parseKeyring(readFileSync(KEYRING, 'utf8')),
  {
    origins: ['acme.example'],
    product: 'app',
    now,
    seals: seals.map((seal) => readFileSync(seal, 'utf8')),
  },
);

if (verdict.ok) console.log(`unlocked: key ${verdict.index + 1} of the ${verdict.size} of ${verdict.origin}`);
else console.log(`locked (${verdict.reason}): ${verdict.hint}`);
process.exitCode = verdict.ok ? 0 : 1;
