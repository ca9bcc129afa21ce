import type { RowProblem } from '../fields/problems.js';
import type { OutputFile } from '../publish/output-file.js';
import { csvTable } from '../rows/csv.js';

const HEADING = ['file', 'line', 'reference', 'field', 'problem'];

/** All that is wrong with rows, as a CSV; where nothing is, its heading alone. */
export class ProblemReport {
  readonly #file: OutputFile;

  constructor(file: OutputFile) {
    this.#file = file;
  }

  /** Writes what stands above the problems. */
  async begin(): Promise<void> {
    await this.#append([HEADING]);
  }

  async write(problems: readonly RowProblem[]): Promise<void> {
    const rows = problems.map(({ path, line, reference = '', field, message }) => {
      return [path, String(line), reference, field, message];
    });
    await this.#append(rows);
  }

  async #append(rows: readonly (readonly string[])[]): Promise<void> {
    await this.#file.write(new TextEncoder().encode(csvTable(rows)));
  }
}
