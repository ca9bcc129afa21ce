import { expect, it } from 'vitest';
import { addPublicKey, isKeywrightError, verifyResponse } from '../../../src/index.js';
import { signInTurn } from '../../../src/node/sign/signed-in-turn.js';
import { demoEd25519, signers } from '../../core/sign/demo-keys.js';

async function* lines(...given: readonly string[]) {
  yield* given;
}

async function collect<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

it('signs one line after the other, and skips empty ones', async () => {
  const keyring = addPublicKey(undefined, demoEd25519.publicKey);
  const runs: string[] = [];
  for await (const { text, count } of signInTurn(lines('{"a":1}', ' ', '{"a":2}'), signers.Ed25519, {
    now: new Date(5000),
  })) {
    expect(count).toBe(1);
    expect(await verifyResponse(text, keyring)).toMatchObject({ ok: true });
    runs.push(JSON.parse(text).response);
  }
  expect(runs).toEqual([
    { a: 1, timestamp: 5 },
    { a: 2, timestamp: 5 },
  ]);
});

it('names the line that may not be signed, and passes on what the signer says', async () => {
  const failing = (given: readonly string[], sign = signers.Ed25519.sign) =>
    collect(signInTurn(lines(...given), { ...signers.Ed25519, sign }, { now: new Date(0) })).catch(
      (error: unknown) => error,
    );
  const error = await failing(['{}', '', 'no']);
  expect(isKeywrightError(error, 'invalid_payload') && error.details.line).toBe(3);
  const broken = new Error('no device');
  expect(await failing(['{}'], () => Promise.reject(broken))).toBe(broken);
});
