import { createHmac, timingSafeEqual } from 'node:crypto';
import { KeywrightError } from '../../core/errors.js';
import { FEWEST_BITS } from '../../core/format/capacity.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import { SALT_LENGTH } from '../../core/seal/leaf.js';
import { readSecretFile } from '../files/secret-file.js';

/** The salts of keys, made from a secret: the same for the same key, so that nobody keeps them. */
export class Salts {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** The salt of the key of which `compared` is compared. */
  of(compared: string): Uint8Array {
    return this.#mac(`keywright/salt/v1\n${compared}`);
  }

  /** What a manifest keeps to know the secret again, in hex: it tells nothing about it. */
  get check(): string {
    return Buffer.from(this.#mac('keywright/salt-check/v1\n')).toString('hex');
  }

  #mac(text: string): Uint8Array {
    return createHmac('sha256', this.#secret).update(text, 'latin1').digest().subarray(0, SALT_LENGTH);
  }
}

/** The salts that the secret in a file makes; undefined where none is named. @throws {KeywrightError} as `readSecretFile`. */
export async function readSalts(path: string | undefined, signal?: AbortSignal): Promise<Salts | undefined> {
  if (path === undefined) return undefined;
  const what = 'the secret of seals';
  return new Salts(await readSecretFile(path, { what, option: 'sealSecretFile', signal }));
}

/** Refuses to seal keys without salt, unless each is of a format that nobody guesses. @throws {KeywrightError} `invalid_option` */
export function demandSalts(formats: readonly KeyFormat[]): void {
  if (formats.length > 0 && formats.every(({ entropyBits }) => entropyBits >= FEWEST_BITS)) return;
  const why =
    formats.length > 0
      ? `the keys have fewer than ${FEWEST_BITS} bits`
      : 'nothing tells the format of the keys';
  throw refuse(`${why}, so that proofs would help to guess others: name the format, or give a secret`);
}

/** Refuses another secret than that of the batch, or none. @throws {KeywrightError} `invalid_option`; `wrong_secret`. */
export function demandSameSecret(salts: Salts | undefined, check: string | null): void {
  if (check === null) {
    if (salts !== undefined) throw refuse('the batch was sealed without a secret: leave it out');
    return;
  }
  if (salts === undefined) throw refuse('the batch was sealed with a secret: give it');
  const [given, known] = [Buffer.from(salts.check), Buffer.from(check)];
  if (given.length === known.length && timingSafeEqual(given, known)) return;
  const message = 'the secret is not the one that the batch was sealed with: give that one';
  throw new KeywrightError('wrong_secret', message, { option: 'sealSecretFile' });
}

function refuse(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option: 'sealSecretFile' });
}
