import { KeywrightError } from '../../core/errors.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import { blockToStrings, type KeyBlock } from '../../core/generate/key-block.js';
import { type CsvDelimiter, csvRow, csvTable } from './csv.js';

/** How a written key file spells its keys. */
export type KeyFileStyle = 'text' | 'csv' | 'json' | 'jsonl';

/** A constant column: its name and the value it has in every row. */
export type ConstantField = readonly [name: string, value: string];

/** What the rows of a key file look like. */
export interface KeyRowsOptions {
  readonly style: KeyFileStyle;
  /**
   * The column or member that holds the key, `key` by default. `null`: a CSV without a header row, a JSON or
   * JSONL file of bare strings.
   */
  readonly header?: string | null | undefined;
  readonly constants?: readonly ConstantField[] | undefined;
}

/** How keys become the rows of a file. */
export interface KeySpelling {
  /** What stands before the first row. */
  readonly head: Uint8Array;
  /** What stands behind the last row. */
  readonly tail: Uint8Array;
  /** The rows of a block; `first` when no row stands before them in the file. */
  encode(block: KeyBlock, first: boolean): Uint8Array | Promise<Uint8Array>;
}

/**
 * Spells keys as the rows of a file: text is one key a line; CSV has a header and quotes what needs it; JSON is
 * a list of objects, JSONL an object a line. Every line ends with a line feed.
 */
export class KeyRows implements KeySpelling {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly #style: KeyFileStyle;
  readonly #between: string;
  readonly #before: string;
  readonly #after: string;
  readonly #spell: ((key: string) => string) | undefined;

  /**
   * @throws {KeywrightError} `invalid_option` for a header or constants on text, for constants beside bare
   * strings, and for a name that stands twice.
   */
  constructor(format: KeyFormat, options: KeyRowsOptions) {
    const { style, header = 'key', constants = [] } = options;
    refuseUnfit(options);
    const names = constants.map(([name]) => name);
    this.#style = style;
    this.#spell = keySpelling(format, style);
    this.#between = style === 'json' ? ',\n' : '\n';
    if (style === 'csv') {
      this.#before = '';
      this.#after =
        constants.length === 0 ? '' : `,${withoutEnd(csvRow(constants.map(([, value]) => value)))}`;
      this.head = header === null ? new Uint8Array() : bytesOf(csvRow([header, ...names]));
    } else {
      const indent = style === 'json' ? '  ' : '';
      const [before, after] = style === 'text' ? ['', ''] : jsonAround(header, constants);
      this.#before = indent + before;
      this.#after = after;
      this.head = bytesOf(style === 'json' ? '[\n' : '');
    }
    this.tail = bytesOf(style === 'json' ? '\n]\n' : '');
  }

  encode(block: KeyBlock, first: boolean): Uint8Array {
    if (this.#style === 'text') return block.bytes.subarray(0, block.count * block.stride);
    const rows = this.#spell === undefined ? this.#copied(block) : this.#spelled(block, this.#spell);
    // JSON rows are parted by commas, so each row but the first brings the one before it.
    return this.#style === 'json' && first ? rows.subarray(this.#between.length) : rows;
  }

  #copied(block: KeyBlock): Uint8Array {
    const leading = bytesOf(this.#style === 'json' ? this.#between + this.#before : this.#before);
    const trailing = bytesOf(this.#style === 'json' ? this.#after : this.#after + this.#between);
    const width = leading.length + block.length + trailing.length;
    const rows = new Uint8Array(width * block.count);
    for (let index = 0, at = 0; index < block.count; index++, at += width) {
      const key = index * block.stride;
      rows.set(leading, at);
      for (let offset = 0; offset < block.length; offset++) {
        rows[at + leading.length + offset] = block.bytes[key + offset] ?? 0;
      }
      rows.set(trailing, at + leading.length + block.length);
    }
    return rows;
  }

  #spelled(block: KeyBlock, spell: (key: string) => string): Uint8Array {
    const rows = blockToStrings(block).map((key) => this.#before + spell(key) + this.#after);
    const text = rows.map((row) => (this.#style === 'json' ? this.#between + row : row + this.#between));
    return bytesOf(text.join(''));
  }
}

function jsonAround(header: string | null, constants: readonly ConstantField[]): readonly [string, string] {
  if (header === null) return ['"', '"'];
  const members = constants.map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return [`{${JSON.stringify(header)}:"`, `"${members.join('')}}`];
}

/** How a key must be changed to stand in such a file; undefined when it can stand as it is. */
export function keySpelling(
  format: KeyFormat,
  style: KeyFileStyle,
  delimiter: CsvDelimiter = ',',
): ((key: string) => string) | undefined {
  const special = { text: '', csv: `"${delimiter}`, json: '"\\', jsonl: '"\\' }[style];
  const needed = format.positions.some((position) => {
    if (position.kind === 'time') return false;
    return [...(position.kind === 'slot' ? position.symbols : position.character)].some((c) =>
      special.includes(c),
    );
  });
  if (!needed) return undefined;
  return style === 'csv'
    ? (key) => withoutEnd(csvTable([[key]], [0], delimiter))
    : (key) => JSON.stringify(key).slice(1, -1);
}

function refuseUnfit({ style, header, constants = [] }: KeyRowsOptions): void {
  if (style === 'text' && (constants.length > 0 || (header !== undefined && header !== null))) {
    refuse('as', 'text holds one key a line and nothing else: for columns write CSV, JSON or JSONL');
  }
  if (header === null && constants.length > 0 && style !== 'csv') {
    refuse('header', 'bare strings have no room for constant members: give the key a name');
  }
  const names = [header ?? 'key', ...constants.map(([name]) => name)];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) refuse('set', 'two columns have the same name: give each its own');
}

function refuse(option: string, message: string): never {
  throw new KeywrightError('invalid_option', message, { option });
}

function withoutEnd(row: string): string {
  return row.replace(/\r?\n$/, '');
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
