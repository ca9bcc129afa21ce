import type { Problems } from '../fields/problems.js';
import { damagedFile } from '../files/file-error.js';
import { columnErrorOf } from '../lists/columns/key-column.js';
import { type KeyFile, type KeyFileOptions, openKeyFile } from '../lists/list-file.js';
import type { RowSpans } from '../rows/row-spans.js';
import { type RowDemands, type RowFault, type RowJudge, rowJudge } from './row-judge.js';

/** Some rows of a list, and how many keys each gets; 0 where something is wrong with it. */
export interface CountedRows {
  readonly rows: RowSpans;
  readonly quantities: readonly number[];
}

/** A list of rows without keys, to be read any number of times, one after the other. */
export class RowSource {
  readonly path: string;
  readonly demands: RowDemands;
  readonly #reading: KeyFileOptions;

  constructor(path: string, reading: KeyFileOptions, demands: RowDemands) {
    this.path = path;
    this.demands = demands;
    this.#reading = reading;
  }

  /** @throws {KeywrightError} as `readKeylessRows` */
  async open(): Promise<KeyFile> {
    try {
      const file = await openKeyFile(this.path, this.#reading);
      if (file.kind === 'csv' || file.kind === 'json' || file.kind === 'jsonl') return file;
      await file.close();
      throw damagedFile(this.path, 'is no list of rows: save it as CSV, JSON or JSONL');
    } catch (error) {
      throw columnErrorOf(error, 'per');
    }
  }

  /** The rows of the open list; what is wrong with them is noted. Closes it at the end. */
  async *rows(file: KeyFile, problems: Problems): AsyncGenerator<CountedRows, void, undefined> {
    let judge: RowJudge | undefined;
    let ordinal = 0;
    let last = 0;
    const note = ({ column, message }: RowFault, line: number) =>
      problems.note({ path: this.path, line, ordinal }, [{ path: column === '' ? [] : [column], message }]);
    for await (const rows of file.rows()) {
      judge ??= rowJudge(rows.layout, this.demands);
      const quantities: number[] = [];
      for (let index = 0; index < rows.count; index++) {
        const [from = 0, to = 0] = [rows.rowSpans[2 * index], rows.rowSpans[2 * index + 1]];
        const found = judge.judge(rows.rowBytes, from, to);
        last = rows.firstLine + (rows.lines[index] ?? 0);
        if (typeof found !== 'number') note(found, last);
        quantities.push(typeof found === 'number' ? found : 0);
        ordinal++;
      }
      yield { rows, quantities };
    }
    const fault = judge?.end();
    if (fault !== undefined) note(fault, last);
  }
}
