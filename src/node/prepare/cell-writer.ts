import type { JsonObject, JsonValue } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import type { Issue } from '../../core/vendors/server/vendor.js';
import type { PlacedRow } from '../fields/import-rows.js';
import type { Problems } from '../fields/problems.js';
import { csvRow } from '../rows/csv.js';
import type { FileTarget, TargetColumn } from './file-targets.js';
import type { RequestsOutput } from './output.js';

/** The columns of a file target whose header names these fields and what is always there. */
export function usedColumns(target: FileTarget, fields: ReadonlySet<string>): readonly TargetColumn[] {
  return target.columns.filter(
    ({ name, required }) => target.header === 'all' || required === true || fields.has(name),
  );
}

/** What stands before the first row of each file. */
export function headOf(target: FileTarget, columns: readonly TargetColumn[]): string {
  return target.style === 'text' ? '' : csvRow([target.keyColumn, ...columns.map(({ name }) => name)], [0]);
}

/** Writes rows as the cells of a file that some software imports. */
export class CellWriter {
  readonly #target: FileTarget;
  readonly #constants: JsonObject;
  readonly #columns: readonly TargetColumn[];
  readonly #output: RequestsOutput;
  readonly #problems: Problems;
  #keys = 0;

  constructor(
    target: FileTarget,
    constants: JsonObject,
    columns: readonly TargetColumn[],
    output: RequestsOutput,
    problems: Problems,
  ) {
    this.#target = target;
    this.#constants = constants;
    this.#columns = columns;
    this.#output = output;
    this.#problems = problems;
  }

  /** How many keys were written. */
  get keys(): number {
    return this.#keys;
  }

  /**
   * Refuses fields that no row could be imported with; only of use when no column is mapped to a field.
   *
   * @throws {KeywrightError} `invalid_option` that tells all that is wrong with them.
   */
  checkFields(): void {
    const faults = this.#columns.flatMap((column) => {
      const problem = this.#cellProblem(column, textOf(this.#constants[column.name]));
      return problem === undefined ? [] : [`${column.name} ${problem}`];
    });
    if (faults.length === 0) return;
    throw new KeywrightError('invalid_option', `the fields will not do: ${faults.join('; ')}`, {
      option: 'set',
    });
  }

  async add({ key, fields, place }: PlacedRow): Promise<void> {
    const issues: Issue[] = [];
    const keyProblem = this.#keyProblem(key);
    if (keyProblem !== undefined) issues.push({ path: [this.#target.keyColumn], message: keyProblem });
    const cells = this.#columns.map((column) => {
      const cell = textOf(fields[column.name] ?? this.#constants[column.name]);
      const message = this.#cellProblem(column, cell);
      if (message !== undefined) issues.push({ path: [column.name], message });
      return cell ?? '';
    });
    if (issues.length > 0) {
      this.#problems.note(place, issues);
      return;
    }
    this.#keys++;
    await this.#output.write(this.#target.style === 'text' ? `${key}\n` : csvRow([key, ...cells], [0]));
  }

  #keyProblem(key: string): string | undefined {
    if (!LINE.test(key)) return 'must be one line of 1 to 4096 characters';
    return this.#target.ascii === true && !ASCII.test(key) ? NO_ASCII : undefined;
  }

  #cellProblem({ required, rule, neverEmpty }: TargetColumn, cell: string | undefined): string | undefined {
    if (cell === undefined) return 'must be a text, a number, true or false';
    if (cell === '') {
      if (required === true) return 'is required';
      return neverEmpty === true ? 'must not be empty: the importer would send an empty text' : undefined;
    }
    if (rule !== undefined && !rule[0].test(cell)) return rule[1];
    if (!LINE.test(cell)) return 'must be one line of at most 4096 characters';
    return this.#target.ascii === true && !ASCII.test(cell) ? NO_ASCII : undefined;
  }
}

const LINE = /^[^\p{Cc}\p{Surrogate}\u2028\u2029]{1,4096}$/u;
const ASCII = /^[\x20-\x7e]*$/;
const NO_ASCII = 'must be ASCII: the importer fails on other characters';

/** A value as a cell; undefined when it is none. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? undefined : String(value);
}
