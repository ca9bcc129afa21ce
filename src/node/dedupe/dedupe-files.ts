import { caseRule } from '../../core/dedupe/case-rule.js';
import { KeyComparer } from '../../core/dedupe/key-comparer.js';
import { KeywrightError } from '../../core/errors.js';
import { systemRandom } from '../../core/random/random-source.js';
import { SpillFile } from '../files/spill-file.js';
import { TempSpace } from '../files/temp-space.js';
import { fitting } from '../lists/columns/fitting.js';
import { OutputFiles } from '../publish/output-files.js';
import type { KeyFileStyle } from '../rows/key-rows.js';
import { OutputShape } from '../rows/output-shape.js';
import { runPartitioned } from './disk/partitioned-run.js';
import { jsonLimit, memoryLimit } from './memory/memory-limit.js';
import { fitsMemory, runInMemory, TooMany } from './memory/memory-run.js';
import { Refuted } from './memory/nominations.js';
import { Findings, type InvalidRule } from './report/findings.js';
import { copyHeld, counting, holding } from './report/held-output.js';
import { KeptRows } from './report/kept-rows.js';
import { KeyJudge } from './report/key-judge.js';
import type {
  AuditFilesOptions,
  AuditFilesResult,
  DedupeCounts,
  DedupedFile,
  DedupeFilesOptions,
  DedupeFilesResult,
} from './report/options.js';
import type { Run } from './report/run.js';
import { ledgerList } from './scan/ledger-list.js';
import { Input } from './scan/scanned-list.js';

/**
 * Writes the rows of lists whose keys are met for the first time, in their order, to `out`. Lists of any length:
 * what `memory` does not hold goes through temporary files.
 *
 * With `invalid: 'fail'`, the default, and an invalid row nothing is written but the report: `invalid` is more than 0
 * then, `bytes` 0. The same where keys that mix cases differ in case alone, and neither a format nor `ignoreCase` or
 * `exact` says whether they are one: `cases` is more than 0.
 *
 * @throws {KeywrightError} as `openKeyFile` and `RowOutput`; `damaged_file` also for a list that changes meanwhile; `no_keys`; `invalid_option`; `file_exists`,
 *   `unwritable_file`, `same_file`. On any failure nothing is left on disk.
 *
 * @example
 * const { kept, duplicates } = await dedupeFiles(['old.txt', 'new.csv'], { out: 'keys.txt', as: 'text' });
 */
export async function dedupeFiles(
  paths: readonly string[],
  options: DedupeFilesOptions,
): Promise<DedupeFilesResult> {
  return await new Job(paths, options, options.invalid ?? 'fail', options).run();
}

/**
 * Says what `dedupeFiles` would find, and writes nothing but the report. Invalid rows are compared like all others.
 *
 * @throws {KeywrightError} as `dedupeFiles`.
 *
 * @example
 * const { duplicates, findings } = await auditFiles(['keys.txt'], { against: ['issued.txt'] });
 */
export async function auditFiles(
  paths: readonly string[],
  options: AuditFilesOptions = {},
): Promise<AuditFilesResult> {
  const { bytes: _, ...result } = await new Job(paths, options, 'keep', undefined).run();
  return result;
}

/** One call of either. */
class Job {
  readonly #paths: readonly string[];
  readonly #options: AuditFilesOptions;
  readonly #rule: InvalidRule;
  readonly #output: Pick<DedupeFilesOptions, 'out' | 'as'> | undefined;
  readonly #memory: number;
  readonly #comparer: KeyComparer;
  readonly #judge: KeyJudge;
  readonly #space: TempSpace;
  readonly #inputs: Input[] = [];
  readonly #skipped: string[] = [];

  constructor(
    paths: readonly string[],
    options: AuditFilesOptions,
    rule: InvalidRule,
    output: Pick<DedupeFilesOptions, 'out' | 'as'> | undefined,
  ) {
    const named = [...(options.against ?? []), ...paths].filter((path) => path === '-');
    if (named.length > 1) {
      const message = 'standard input is named twice: it can be read only once';
      throw new KeywrightError('invalid_option', message, { option: 'stdin' });
    }
    this.#paths = paths;
    this.#options = options;
    this.#rule = rule;
    this.#output = output;
    this.#memory = memoryLimit(options.memory);
    const formats = [options.format ?? []].flat();
    const cases = caseRule({ exact: options.exact, ignoreCase: options.ignoreCase, formats });
    this.#comparer = new KeyComparer(cases, options.random ?? systemRandom());
    this.#judge = new KeyJudge(formats, this.#comparer.exact);
    this.#space = new TempSpace(options.tmpDir);
  }

  async run(): Promise<DedupeFilesResult> {
    try {
      this.#space.sweep();
      await this.#checkOutputs();
      await this.#open();
      return await this.#compare();
    } finally {
      for (const input of this.#inputs) input.close();
      this.#space.closeAll();
    }
  }

  async #checkOutputs(): Promise<void> {
    const { report } = this.#options;
    const out = this.#output?.out;
    const paths = [report, out].filter((path) => typeof path === 'string');
    await this.#outputs().check(paths);
    // What its name promises must be something that is written.
    if (typeof out === 'string') new OutputShape({ as: this.#output?.as, out });
  }

  async #open(): Promise<void> {
    const { column, headerRow, sheet, format, stdin, signal, against = [] } = this.#options;
    const mostJson = this.#options.memory === undefined ? undefined : jsonLimit(this.#memory);
    const choices = { column, headerRow, sheet, mostJson, fits: fitting(format) };
    const options = { choices, stdin, signal, comparer: this.#comparer };
    for (const [index, path] of [...against, ...this.#paths].entries()) {
      const input = await Input.open(path, index < against.length, this.#space, options);
      this.#inputs.push(input);
    }
    for (const input of this.#inputs.filter(({ isAgainst, kind }) => isAgainst && kind === 'manifest')) {
      this.#skipped.push(input.path);
    }
    if (this.#skipped.length < against.length) {
      for (const path of this.#skipped) {
        const at = this.#inputs.findIndex((input) => input.path === path && input.isAgainst);
        for (const input of this.#inputs.splice(at, 1)) input.close();
      }
    }
    const { ledger } = this.#options;
    if (ledger === undefined) return;
    const lists = this.#inputs.filter(({ isAgainst }) => !isAgainst);
    const known = await ledgerList(ledger, lists, this.#space, options);
    // Known keys come first, whoever knows them.
    if (known !== undefined) this.#inputs.unshift(known);
  }

  /** In memory when it may fit there, and the exact way when it did not or a hash misled it. */
  async #compare(): Promise<DedupeFilesResult> {
    const expected = this.#inputs.reduce((sum, input) => sum + input.expectedKeys(), 0);
    if (fitsMemory(expected, this.#memory, this.#inputs)) {
      try {
        return await this.#publish(expected, runInMemory, false);
      } catch (error) {
        if (!(error instanceof TooMany || error instanceof Refuted)) throw error;
      }
    }
    return await this.#publish(expected, runPartitioned, true);
  }

  async #publish(
    expected: number,
    go: (run: Run) => Promise<void>,
    partitioned: boolean,
  ): Promise<DedupeFilesResult> {
    const outputs = this.#outputs();
    const held = new SpillFile(this.#space, 2 ** 20);
    try {
      const { report } = this.#options;
      const reportFile = report === undefined ? undefined : await outputs.create(report);
      const findings = new Findings(this.#judge, this.#options, this.#rule, reportFile);
      const target = this.#output;
      const out = typeof target?.out === 'string' ? target.out : undefined;
      const outFile = out === undefined ? undefined : await outputs.create(out);
      const counted = counting(outFile ?? holding(held));
      const output = target && new KeptRows(counted, await this.#shape(target.as, out));
      await go(this.#runOf(expected, findings, output));
      await output?.end();
      await findings.flush();
      const result = this.#result(findings, partitioned);
      const failed = (this.#rule === 'fail' && result.invalid > 0) || result.cases > 0;
      if (failed && outFile !== undefined) await outputs.withdraw(outFile);
      await outputs.publish();
      if (typeof target?.out === 'object' && !failed) await copyHeld(held, target.out);
      return { ...result, bytes: failed ? 0 : counted.bytes };
    } finally {
      held.close();
      await outputs.discard();
    }
  }

  #runOf(expected: number, findings: Findings, output: KeptRows | undefined): Run {
    return {
      inputs: this.#inputs,
      comparer: this.#comparer,
      findings,
      output,
      space: this.#space,
      memory: this.#memory,
      expected,
      signal: this.#options.signal,
      onRead: this.#progress(),
    };
  }

  /** Lists that do not go together are told before any of them is read to its end. */
  async #shape(as: KeyFileStyle | undefined, out: string | undefined): Promise<OutputShape> {
    const shape = new OutputShape({ as, out });
    for (const input of this.#inputs) if (!input.isAgainst) shape.admit(await input.layout());
    return shape;
  }

  #outputs(): OutputFiles {
    const { force, signal, against = [], inputs = [], ledger } = this.#options;
    return new OutputFiles({
      force,
      signal,
      inputs: [...against, ...this.#paths, ...inputs, ...(ledger?.files ?? [])],
      hashed: false,
    });
  }

  #result(findings: Findings, partitioned: boolean): AuditFilesResult {
    const files = this.#inputs
      .filter(({ isAgainst }) => !isAgainst)
      .map(
        (input): DedupedFile => ({
          path: input.path,
          kind: input.listKind,
          reading: input.reading,
          ...findings.tally(input),
          fits: findings.fits(input),
        }),
      );
    const against = this.#inputs
      .filter(({ isAgainst, isLedger }) => isAgainst && !isLedger)
      .map((input) => ({ path: input.path, keys: findings.tally(input).read, reading: input.reading }));
    const comparison = this.#comparer.exact ? 'exact' : 1;
    return {
      ...sum(files),
      comparison,
      files,
      against,
      skipped: this.#skipped,
      findings: findings.first,
      partitioned,
    };
  }

  #progress(): (count: number) => void {
    let read = 0;
    return (count) => {
      read += count;
      this.#options.onProgress?.(read);
    };
  }
}

function sum(files: readonly DedupeCounts[]): DedupeCounts {
  const of = (name: keyof DedupeCounts) => files.reduce((total, file) => total + file[name], 0);
  return {
    read: of('read'),
    kept: of('kept'),
    duplicates: of('duplicates'),
    known: of('known'),
    spellings: of('spellings'),
    cases: of('cases'),
    invalid: of('invalid'),
    dropped: of('dropped'),
  };
}
