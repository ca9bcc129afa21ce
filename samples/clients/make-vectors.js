// Makes vectors.json anew, the same to the byte: node samples/clients/make-vectors.js
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JSON_TEXTS } from './vectors/json-texts.js';
import { KEYRING_UPDATES } from './vectors/keyrings.js';
import { KEYRINGS } from './vectors/keys.js';
import { LICENSES } from './vectors/licenses.js';
import { LIMITS } from './vectors/limits.js';
import { MISUSE } from './vectors/misuse.js';
import { PROOFS } from './vectors/proofs.js';
import { PUBLIC_KEYS } from './vectors/public-keys.js';
import { RESPONSES } from './vectors/responses.js';
import { REVOCATIONS } from './vectors/revocations.js';
import { SIGNATURES } from './vectors/signatures.js';
import { SPELLINGS } from './vectors/spellings.js';

/** All cases. */
const CASES = [
  ...[RESPONSES, JSON_TEXTS, SIGNATURES, LICENSES, SPELLINGS],
  ...[REVOCATIONS, KEYRING_UPDATES, PUBLIC_KEYS, PROOFS, LIMITS, MISUSE],
].flat();

/** The file: a case a line, so that what changes can be seen. */
export function formatVectors() {
  const rows = (/** @type {readonly unknown[]} */ values) =>
    values.map((value) => JSON.stringify(value)).join(',\n');
  const named = Object.entries(KEYRINGS).map(
    ([name, keyring]) => `${JSON.stringify(name)}:${JSON.stringify(keyring)}`,
  );
  return `{"schema":"keywright/vectors/v1","keyrings":{\n${named.join(',\n')}\n},"cases":[\n${rows(CASES)}\n]}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(fileURLToPath(new URL('vectors.json', import.meta.url)), formatVectors());
