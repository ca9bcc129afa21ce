import { KeywrightError } from '../../../core/errors.js';
import type { KeyFormat } from '../../../core/format/key-format.js';
import { checkKey } from '../../../core/format/normalize.js';
import { shownPath } from '../../files/file-error.js';

/** What the keys of lists that are the work itself have to look like. */
export interface ExpectedKeys {
  /** Each key is one of this format, or of any of several. */
  readonly format?: KeyFormat | readonly KeyFormat[] | undefined;
  /** Without a format: keys need not share a shape. */
  readonly anyFormat?: boolean | undefined;
}

/** What nobody sees, and no server takes for nothing: format characters, and blanks that are no spaces. */
const UNSEEN = /(?! )[\p{Cf}\p{Z}]/u;

/**
 * Judges the keys of all lists of one command, in their order: by formats, or else by the shape of the first one, its
 * groups and their lengths.
 */
export class ExpectedShape {
  readonly #formats: readonly KeyFormat[];
  readonly #anyFormat: boolean;
  #first:
    | {
        readonly key: string;
        readonly groups: readonly number[];
        readonly path: string;
        readonly line: number;
      }
    | undefined;

  constructor({ format, anyFormat = false }: ExpectedKeys) {
    this.#formats = [format ?? []].flat();
    this.#anyFormat = anyFormat;
  }

  /**
   * Why a key is none of the formats, or none as it stands, with a subject before it; undefined where it is one, or none is
   * given. Never quotes it.
   *
   * @throws {KeywrightError} `unclear_list`: without a format, a key of another shape than those before it.
   */
  problem(key: string, path: string, line: number): string | undefined {
    // Nearly all are spelled as the format spells them, which is told at once.
    if (this.#formats.some((format) => format.test(key))) return undefined;
    if (UNSEEN.test(key))
      return 'holds a character that cannot be seen, as a spreadsheet or a web page leaves it: remove it';
    if (this.#formats.length > 0) {
      const checks = this.#formats.map((format) => checkKey(format, key));
      if (checks.some(({ ok }) => ok)) return undefined;
      const [first, another] = checks;
      if (another !== undefined || first?.problem === undefined) return 'is of none of the formats';
      const { position, message } = first.problem;
      return `is not of the format: ${position === 0 ? '' : `character ${position}: `}${message}`;
    }
    if (this.#anyFormat) return undefined;
    // Nearly all have their groups where the first one has them, which is told without a list of them.
    if (this.#first !== undefined && hasSamePlaces(key, this.#first.key)) return undefined;
    const groups = groupLengths(key);
    this.#first ??= { key, groups, path, line };
    if (!isAlike(groups, this.#first.groups)) throw otherShape(path, line, this.#first);
    return undefined;
  }
}

/** Whether ASCII letters and digits stand at the same places of two keys, and other ASCII at the others. */
function hasSamePlaces(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one > 0x7e || other > 0x7e || isPart(one) !== isPart(other)) return false;
  }
  return true;
}

function isPart(code: number): boolean {
  return (code > 47 && code < 58) || ((code | 0x20) > 96 && (code | 0x20) < 123);
}

function groupLengths(key: string): readonly number[] {
  const lengths: number[] = [];
  let length = 0;
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (code > 0x7e) return slowGroupLengths(key);
    if (isPart(code)) length++;
    else if (length > 0) {
      lengths.push(length);
      length = 0;
    }
  }
  if (length > 0) lengths.push(length);
  return lengths;
}

/** As {@link groupLengths}, of letters and digits of any script. */
function slowGroupLengths(key: string): readonly number[] {
  return key.split(/[^\p{L}\p{N}]+/u).flatMap((group) => (group === '' ? [] : [group.length]));
}

/** The same groups, or as many characters where one of both is written without groups. */
function isAlike(a: readonly number[], b: readonly number[]): boolean {
  const [lengthOfA, lengthOfB] = [a, b].map((groups) => groups.reduce((sum, length) => sum + length, 0));
  if (lengthOfA !== lengthOfB) return false;
  return a.length < 2 || b.length < 2 || a.every((length, index) => length === b[index]);
}

function otherShape(path: string, line: number, first: { readonly path: string; readonly line: number }) {
  const message = `the keys at ${shownPath(path)}:${line} and ${shownPath(first.path)}:${first.line} are of different shapes: name their formats, or say that they may be of any`;
  return new KeywrightError('unclear_list', message, { path, asks: 'format', option: 'anyFormat' });
}
