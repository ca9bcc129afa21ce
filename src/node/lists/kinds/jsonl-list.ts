import { damagedFile } from '../../files/file-error.js';
import { BrokenJson, listElements, MAX_DEPTH } from '../../rows/json-elements.js';
import type { RowSpans } from '../../rows/row-spans.js';
import { JUDGED_ROWS } from '../columns/column-evidence.js';
import { judgeFirstLine } from '../columns/heading.js';
import { shownCell } from '../columns/key-cell.js';
import { unclearHeading } from '../columns/key-column.js';
import type { ListChoices } from '../columns/rows-plan.js';
import { JsonKeys } from './json-keys.js';
import { parsedJson, sniffJson } from './json-kind.js';
import { isListOfCells } from './json-list.js';
import type { ListInput, ListReader } from './reader.js';
import { textLines } from './text-list.js';

/** JSONL: a JSON string a line, or an object with the key as a JSON list wants it. */
export const JSONL_READER: ListReader<'jsonl'> = {
  kind: 'jsonl',
  unit: 'line',
  open({ path, text, isWhole, named, choices }) {
    if (isListOfCells(text, named, choices) || sniffJson(text, choices.column) !== 'jsonl') return undefined;
    const lines = text.split(/\r\n|\r|\n/);
    if (!isWhole) lines.pop();
    const judged = lines
      .filter((line) => line.trim() !== '')
      .slice(0, JUDGED_ROWS)
      .map(parsedJson);
    if (isHeaded(path, judged, choices)) return undefined;
    return { begin: 0, firstLine: 1, read: (input) => jsonlList(input, judged, choices) };
  },
};

/** Whether strings, one a line, are quoted cells below a heading. @throws {KeywrightError} `unclear_list` for doubt. */
function isHeaded(path: string, judged: readonly unknown[], choices: ListChoices): boolean {
  const { headerRow, doubtfulRow } = choices;
  const [first, ...rest] = judged.map((value) => (typeof value === 'string' ? shownCell(value) : undefined));
  if (first === undefined || headerRow !== undefined) return headerRow === true && first !== undefined;
  if (/^sep=/i.test(first)) return true;
  const verdict = judgeFirstLine(
    first,
    rest.filter((text) => text !== undefined),
  );
  if (verdict === 'doubt' && doubtfulRow !== 'row') throw unclearHeading(path, first);
  return verdict === 'heading';
}

/** @throws {KeywrightError} `unclear_list`, `unknown_column`; `damaged_file`, with the line, also as `textLines`. */
async function* jsonlList(
  input: ListInput,
  judged: readonly unknown[],
  choices: ListChoices,
): AsyncGenerator<RowSpans, void, undefined> {
  const { path } = input;
  const keys = new JsonKeys(input, 'jsonl');
  keys.choose(judged, choices);
  for await (const { bytes, spans, lines, firstLine, count } of textLines(input.chunks, path)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) {
      const line = firstLine + (lines[i] ?? 0);
      const row = text.subarray(spans[2 * i], spans[2 * i + 1]);
      if (row.length > 2 * MAX_DEPTH) refuseDeep(row, path, line);
      const value = parsedJson(row.toString('utf8'));
      if (value === undefined)
        throw damagedFile(path, 'is no JSON: write a string or an object on each line', line);
      const full = keys.add(value, line, row);
      if (full !== undefined) yield full;
    }
  }
  const rest = keys.rest();
  if (rest !== undefined) yield rest;
}

function refuseDeep(row: Uint8Array, path: string, line: number): void {
  try {
    // As if the row were the element of a list.
    listElements(row, -1).next();
  } catch (error) {
    if (error instanceof BrokenJson && error.tooDeep)
      throw damagedFile(path, 'is nested more than 64 deep', line);
  }
}
