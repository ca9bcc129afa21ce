import { comparedKey } from '../../../core/dedupe/compared-text.js';
import { shownMask } from '../../../core/format/format-text.js';
import type { KeyFormat } from '../../../core/format/key-format.js';
import { checkKey, type KeyCheck } from '../../../core/format/normalize.js';
import { symbolsOf } from '../../../core/format/position.js';

/** The index of the format that a key fits, or what is wrong with it. */
export type KeyJudgement = number | string;

/** A format, and for each place of its own spelling which bytes may stand there; undefined where that is not all. */
interface JudgedFormat {
  readonly format: KeyFormat;
  readonly shape: Uint8Array | undefined;
}

/** Says what is wrong with keys: by formats, or else by their characters alone. */
export class KeyJudge {
  readonly #formats: readonly JudgedFormat[];
  readonly #exact: boolean;
  /** The masks of its formats. */
  readonly masks: readonly string[];

  constructor(formats: readonly KeyFormat[], exact: boolean) {
    this.#formats = formats.map((format) => ({
      format,
      shape: format.check === undefined ? shapeOf(format) : undefined,
    }));
    this.#exact = exact;
    this.masks = formats.map(({ mask }) => mask);
  }

  /**
   * Which format `bytes[from, to)` fits, 0 where there is none to fit, or why it is no key; never quotes it. `odd`: by
   * its characters.
   */
  judge(bytes: Uint8Array, from: number, to: number, odd: boolean): KeyJudgement {
    if (this.#formats.length === 0) {
      if (!odd) return 0;
      return `it ${comparedKey(textOf(bytes, from, to), this.#exact ? 'exact' : 1).problem}`;
    }
    const fitting = this.#formats.findIndex(
      ({ shape }) => shape !== undefined && fits(shape, bytes, from, to),
    );
    return fitting >= 0 ? fitting : this.#byText(textOf(bytes, from, to));
  }

  /** Of several formats the mask of the first that a text fits. */
  maskOf(text: string): string | undefined {
    if (this.#formats.length < 2) return undefined;
    return this.#formats.find(({ format }) => checkKey(format, text).ok)?.format.mask;
  }

  #byText(text: string): KeyJudgement {
    const checks = this.#formats.map(({ format }) => checkKey(format, text));
    const fitting = checks.findIndex(({ ok }) => ok);
    if (fitting >= 0) return fitting;
    const { index, message } = farthest(checks);
    if (checks.length === 1) return message;
    return `it fits none of the formats; of the nearest one, ${shownMask(this.masks[index] ?? '')}, ${message}`;
  }
}

/** Of several formats the one that a text fits longest is meant: which it is, and what does not fit. */
function farthest(checks: readonly KeyCheck[]): { readonly index: number; readonly message: string } {
  const problems = checks.map((check, index) => ({ ...problemOf(check), index }));
  return problems.toSorted((a, b) => b.reached - a.reached)[0] ?? { index: 0, message: '' };
}

/** What does not fit, and how far a text got. */
function problemOf({ problem, checkCharacter }: KeyCheck): { reached: number; message: string } {
  const { position = 0, message = '' } = problem ?? {};
  const reached = checkCharacter === 'wrong' ? Number.POSITIVE_INFINITY : position;
  return { reached, message: position === 0 ? message : `character ${position}: ${message}` };
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
