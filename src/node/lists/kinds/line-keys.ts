import type { KeySpans, LineHash } from '../../../core/dedupe/key-spans.js';
import { damagedFile } from '../../files/file-error.js';
import { isAbsent, isShortenedAt, LOST_DIGITS, mayBeWrapped, shownSpan } from '../columns/key-cell.js';
import { type LineShape, MORE_THAN_KEY } from '../columns/line-shape.js';
import { UsualLine } from '../columns/usual-line.js';
import { isPemAt, PEM_PROBLEM } from './no-list.js';

/** Lines, and which of them are not usual, by their index. */
export interface ScannedLines extends KeySpans {
  readonly hashes: Uint32Array;
  readonly unusual: Uint32Array;
}

/** Keys, and which of them are none. */
interface KeysOfLines extends KeySpans {
  readonly keyless: readonly number[];
}

/** Tells keys from lines without. */
export class LineKeys {
  readonly #path: string;
  readonly #heading: Uint8Array | undefined;
  readonly #lines: LineShape | undefined;
  readonly #hashes: boolean;
  /** The lines that {@link of} takes without a look. */
  readonly usual: UsualLine;

  constructor(
    path: string,
    heading: string | undefined,
    lines: LineShape | undefined,
    hash: LineHash | undefined,
  ) {
    this.#path = path;
    this.#lines = lines;
    this.#heading = heading === undefined ? undefined : Buffer.from(heading);
    this.#hashes = hash !== undefined;
    this.usual = new UsualLine(lines?.look.pattern, this.#heading?.length, hash);
  }

  /** The keys of these lines, whose arrays are written anew. @throws {KeywrightError} `damaged_file` */
  of(lines: ScannedLines, keyless: boolean, note: (cell: string, isHeading: boolean) => void): KeysOfLines {
    const { bytes, spans, lines: numbers, hashes, firstLine, unusual } = lines;
    const none: number[] = [];
    let [count, next] = [0, 0];
    for (const index of unusual) {
      moveLines(lines, next, index, count);
      count += index - next;
      next = index + 1;
      let [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      const line = firstLine + (numbers[index] ?? 0);
      if (mayBeWrapped(bytes[from])) [from, to] = shownSpan(bytes, from, to) ?? [from, to];
      if (isPemAt(bytes, from, to)) throw damagedFile(this.#path, PEM_PROBLEM, line);
      if (isShortenedAt(bytes, from, to)) throw damagedFile(this.#path, LOST_DIGITS, line);
      const isHeading = this.#isHeading(bytes, from, to);
      const other = this.#lines?.other(bytes, from, to);
      if (other === 'more' && !keyless) throw damagedFile(this.#path, MORE_THAN_KEY, line);
      if (isAbsent(bytes, from, to) || isHeading || other !== undefined) {
        note(new TextDecoder().decode(bytes.slice(from, to)), isHeading);
        if (!keyless) continue;
        none.push(count);
      }
      moveLines(lines, index, next, count);
      spans[2 * count] = from;
      spans[2 * count++ + 1] = to;
    }
    moveLines(lines, next, lines.count, count);
    count += lines.count - next;
    const hashed = this.#hashes ? hashes : undefined;
    return { bytes, spans, lines: numbers, hashes: hashed, firstLine, count, keyless: none };
  }

  #isHeading(bytes: Uint8Array, from: number, to: number): boolean {
    const heading = this.#heading;
    return (
      heading !== undefined &&
      heading.length === to - from &&
      heading.every((byte, at) => byte === bytes[from + at])
    );
  }
}

/** Moves the lines from `begin` to `end` ahead, to `to`. */
function moveLines({ spans, lines, hashes }: ScannedLines, begin: number, end: number, to: number): void {
  if (to === begin || begin === end) return;
  lines.copyWithin(to, begin, end);
  spans.copyWithin(2 * to, 2 * begin, 2 * end);
  hashes.copyWithin(2 * to, 2 * begin, 2 * end);
}
