import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatVectors } from '../../samples/clients/make-vectors.js';
import { schemaFaults } from '../cli/schemas.js';
import { answerOf } from './own-verifiers.js';
import { type Kind, readVectors } from './vector-case.js';

const CASES = readVectors();

describe('samples/clients/vectors.json', () => {
  it('is what make-vectors.js makes', () => {
    const path = new URL('../../samples/clients/vectors.json', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(formatVectors());
  });

  it('is as its schema says', () => {
    expect(schemaFaults(JSON.parse(formatVectors()))).toEqual([]);
  });

  it('names each case once, and has hundreds', () => {
    const names = CASES.map(({ kind, name }) => `${kind}: ${name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(CASES.length).toBeGreaterThanOrEqual(300);
  });

  it.each(Object.keys(REASONS()))('%s: there are two refusals for each yes', (asked) => {
    const some = CASES.filter(({ kind }) => kind === asked);
    const accepted = some.filter(({ expect: { ok } }) => ok).length;
    expect(some.length - accepted).toBeGreaterThanOrEqual(2 * accepted);
  });

  it.each(Object.entries(REASONS()))('%s: every reason occurs', (kind, reasons) => {
    const seen = CASES.filter((one) => one.kind === kind).flatMap(({ expect: { reason } }) => reason ?? []);
    expect(reasons.filter((reason) => !seen.includes(reason))).toEqual([]);
  });

  it.each(CASES)('$kind: $name', async (vector) => {
    expect(await answerOf(vector)).toEqual(vector.expect);
  });
});

/** What verifiers can say, but for `unsupported` (a platform without RSA) and `bad_entitlements` (an app's own `parse`). */
function REASONS(): Readonly<Record<Kind, readonly string[]>> {
  const misuse = 'invalid_option';
  const lists = ['list_bad', 'list_rollback', 'list_missing', 'list_stale', 'revoked'];
  const times = ['not_yet_valid', 'expired'];
  const signature = ['malformed', 'unknown_key', 'bad_signature', 'key_compromised', 'key_retired'];
  const envelope = [...signature, 'unsigned', 'sibling_mismatch', 'from_future', 'stale', 'nonce_mismatch'];
  return {
    response: [...envelope, 'wrong_product', misuse],
    license: [
      ...envelope,
      'not_a_license',
      'wrong_product',
      'wrong_key',
      'wrong_device',
      ...lists,
      ...times,
      misuse,
    ],
    revocations: ['list_bad', 'list_rollback', misuse],
    keyring: [...signature, 'rollback'],
    proof: [
      ...signature,
      'unknown_origin',
      'not_in_batch',
      'bad_claims',
      'wrong_product',
      ...lists,
      ...times,
      misuse,
    ],
  };
}
