import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import { damagedFile } from '../../files/file-error.js';
import { isAbsent, LONGEST_ABSENT, mayBeWrapped, PLAIN_START, shownSpan } from '../columns/key-cell.js';
import { type LineShape, MORE_THAN_KEY } from '../columns/line-shape.js';
import { isPemAt, PEM_PROBLEM } from './no-list.js';

/** Keys, and which of them are none. */
interface KeysOfLines extends KeySpans {
  readonly keyless: readonly number[];
}

/** Tells keys from lines without. */
export class LineKeys {
  readonly #path: string;
  readonly #heading: Uint8Array | undefined;

  readonly #lines: LineShape | undefined;

  constructor(path: string, heading: string | undefined, lines: LineShape | undefined) {
    this.#path = path;
    this.#lines = lines;
    this.#heading = heading === undefined ? undefined : Buffer.from(heading);
  }

  /** The keys of these lines, whose arrays are written anew. @throws {KeywrightError} `damaged_file` */
  of(lines: KeySpans, keyless: boolean, note: (cell: string, isHeading: boolean) => void): KeysOfLines {
    const { bytes, spans, lines: numbers, firstLine } = lines;
    const none: number[] = [];
    const heading = this.#heading?.length ?? -1;
    let count = 0;
    for (let index = 0; index < lines.count; index++) {
      let [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      const first = bytes[from] ?? 0;
      const length = to - from;
      const other = this.#lines?.other(bytes, from, to);
      if (other === undefined && length > LONGEST_ABSENT && PLAIN_START[first] === 1 && length !== heading) {
        if (count++ === index) continue;
      } else {
        if (mayBeWrapped(first)) [from, to] = shownSpan(bytes, from, to) ?? [from, to];
        if (isPemAt(bytes, from, to))
          throw damagedFile(this.#path, PEM_PROBLEM, firstLine + (numbers[index] ?? 0));
        const isHeading = this.#isHeading(bytes, from, to);
        const shown = this.#lines?.other(bytes, from, to);
        if (shown === 'more' && !keyless)
          throw damagedFile(this.#path, MORE_THAN_KEY, firstLine + (numbers[index] ?? 0));
        if (isAbsent(bytes, from, to) || isHeading || shown !== undefined) {
          note(new TextDecoder().decode(bytes.slice(from, to)), isHeading);
          if (!keyless) continue;
          none.push(count);
        }
        count++;
      }
      spans[2 * count - 2] = from;
      spans[2 * count - 1] = to;
      numbers[count - 1] = numbers[index] ?? 0;
    }
    return { bytes, spans, lines: numbers, firstLine, count, keyless: none };
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
