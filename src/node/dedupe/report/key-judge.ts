import { comparedKey } from '../../../core/dedupe/compared-text.js';
import type { KeyFormat } from '../../../core/format/key-format.js';
import { checkKey } from '../../../core/format/normalize.js';
import { symbolsOf } from '../../../core/format/position.js';

/** Says what is wrong with keys: by a format, or else by their characters alone. */
export class KeyJudge {
  readonly #format: KeyFormat | undefined;
  /** For each place of the format's own spelling which bytes may stand there; undefined where that is not all. */
  readonly #shape: Uint8Array | undefined;
  readonly #exact: boolean;

  constructor(format: KeyFormat | undefined, exact: boolean) {
    this.#format = format;
    this.#exact = exact;
    this.#shape = format === undefined || format.check !== undefined ? undefined : shapeOf(format);
  }

  /** Whether only keys whose characters are odd can be invalid. */
  get isLenient(): boolean {
    return this.#format === undefined;
  }

  /** Why `bytes[from, to)` is no key, or undefined when it is one; never quotes it. `odd`: by its characters. */
  problem(bytes: Uint8Array, from: number, to: number, odd: boolean): string | undefined {
    if (this.#format === undefined) {
      if (!odd) return undefined;
      return `it ${comparedKey(textOf(bytes, from, to), this.#exact ? 'exact' : 1).problem}`;
    }
    if (this.#shape !== undefined && fits(this.#shape, bytes, from, to)) return undefined;
    const { ok, problem } = checkKey(this.#format, textOf(bytes, from, to));
    if (ok || problem === undefined) return undefined;
    return problem.position === 0 ? problem.message : `character ${problem.position}: ${problem.message}`;
  }
}

function shapeOf({ positions }: KeyFormat): Uint8Array | undefined {
  const shape = new Uint8Array(256 * positions.length);
  for (const [place, position] of positions.entries()) {
    for (const symbol of symbolsOf(position)) {
      const code = symbol.charCodeAt(0);
      if (code > 0x7e) return undefined;
      shape[256 * place + code] = 1;
    }
  }
  return shape;
}

function fits(shape: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (256 * (to - from) !== shape.length) return false;
  for (let index = from, row = 0; index < to; index++, row += 256) {
    if (shape[row + (bytes[index] ?? 0)] === 0) return false;
  }
  return true;
}

/** The key as a string. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', from, to);
}
