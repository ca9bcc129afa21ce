import {
  addPublicKey,
  ed25519Signer,
  type KeyPurpose,
  type Keyring,
  openRevocations,
  privateKeyFromSeed,
  type RefusedRevocations,
  type Revocations,
  revokedId,
  type Signer,
} from '../../../src/index.js';
import { forgeBody } from '../note/body-forge.js';

export const NAME = 'acme.example/app';
export const NOW = new Date('2026-11-28T12:00:00Z');

/** Keys of the tests, by what they are for: their seeds are as public as they are. */
export const keys = {
  license: privateKeyFromSeed(new Uint8Array(32).fill(1)),
  list: privateKeyFromSeed(new Uint8Array(32).fill(2)),
  nextList: privateKeyFromSeed(new Uint8Array(32).fill(3)),
  keyring: privateKeyFromSeed(new Uint8Array(32).fill(4)),
  stranger: privateKeyFromSeed(new Uint8Array(32).fill(5)),
} as const;

export const signerOf = (key: keyof typeof keys): Signer => ed25519Signer(keys[key]);

const add = (ring: Keyring | undefined, key: keyof typeof keys, purpose: KeyPurpose) =>
  addPublicKey(ring, keys[key].publicKey, { purposes: [purpose] });

/** A keyring with a key for each purpose, and two for lists. */
export const keyring = add(
  add(add(add(undefined, 'license', 'license'), 'list', 'list'), 'nextList', 'list'),
  'keyring',
  'keyring',
);

/** The id of a key, in canonical form. */
export const idOf = (key: string) => revokedId(key, 'canonical') ?? '';

/** Sorted rows of keys. */
export const rowsOf = (...revoked: readonly string[]) =>
  revoked
    .map((key) => `${idOf(key)}\n`)
    .toSorted()
    .join('');

/** A list with whatever lines, rows and signers, else good. */
export function list(
  lines: Readonly<Record<string, string | undefined>> = {},
  body = rowsOf('AAAA-AAAA', 'BBBB-BBBB'),
  signers: readonly Signer[] = [signerOf('list')],
  schema = 'keywright/list/v1',
): Promise<Uint8Array> {
  const whole = {
    name: NAME,
    kind: 'revoked',
    product: 'app',
    comparison: 'canonical',
    number: '5',
    issued: '2026-11-28T00:00:00Z',
    next: '2026-12-28T00:00:00Z',
    width: '8',
    count: String(body.split('\n').length - 1),
    ...lines,
  };
  return forgeBody({ schema, body, lines: whole, signers });
}

/** Opens a list as the app would. */
export function open(
  bytes: unknown,
  last?: unknown,
  trusted: Keyring = keyring,
): Promise<Revocations | RefusedRevocations> {
  return openRevocations(bytes, trusted, { name: NAME, product: 'app', now: NOW, last });
}

/** Opens a list that must be good. */
export async function opened(bytes: unknown, last?: unknown, trusted?: Keyring): Promise<Revocations> {
  const answer = await open(bytes, last, trusted);
  if (!answer.ok) throw new Error(`${answer.reason}: ${answer.fault}`);
  return answer;
}
