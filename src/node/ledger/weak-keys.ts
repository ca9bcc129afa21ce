import { KeywrightError } from '../../core/errors.js';
import { FEWEST_BITS } from '../../core/format/capacity.js';
import type { Ledger } from './model/ledger.js';
import { mostBits } from './tags/tag-maker.js';

/** A `weak_format` error; `what` is that of which there are too few bits. */
export function weakFormat(bits: number, what: string): KeywrightError<'weak_format'> {
  const message = `${what} has ${bits.toFixed(1)} bits, under ${FEWEST_BITS}, and the ledger was made without a secret, so whoever has it could guess the keys: take a longer format, or a ledger made with a secret`;
  return new KeywrightError('weak_format', message, { bits });
}

/** Judges the compared form of a key; `what` says which one it is. @throws {KeywrightError} `weak_format`. */
export type WeakKeyCheck = (form: string, what: () => string) => void;

/**
 * The check that `ledger` makes of given keys while it records them, for before: undefined where it makes none.
 *
 * @throws {KeywrightError} as `Ledger.status`.
 */
export async function weakKeyCheck(ledger: Ledger): Promise<WeakKeyCheck | undefined> {
  const { fewestBits } = await ledger.status();
  if (fewestBits === 0) return undefined;
  return (form, what) => {
    const bits = mostBits(Buffer.from(form, 'latin1'), 0, form.length);
    if (bits < fewestBits) throw weakFormat(bits, what());
  };
}
