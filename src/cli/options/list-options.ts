import type { KeyFormat } from '../../core/format/key-format.js';
import type { AuditFilesOptions } from '../../node/dedupe/report/options.js';
import type { ExpectedKeys } from '../../node/lists/columns/expected-shape.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import {
  type Arguments,
  type CommandOptions,
  FORMAT_OPTIONS,
  flag,
  flagged,
  formatOf,
  list,
  listed,
  outputFile,
  size,
  text,
  valued,
} from '../command/options.js';
import { refuseSharedStdin } from './key-options.js';
import { LEDGER_OPTIONS } from './ledger-options.js';
import { LISTS_READ, READING_OPTIONS, readingChoices } from './reading-options.js';

/** The options of every command that looks for duplicates in lists. */
export const LIST_OPTIONS: CommandOptions = {
  against: listed(`lists of keys that are known: ${LISTS_READ}`),
  ...LEDGER_OPTIONS,
  ...READING_OPTIONS,
  ...FORMAT_OPTIONS,
  report: outputFile(
    'a CSV to write: every duplicate and every invalid row, with whole keys; of several formats, also which each fits',
  ),
  exact: flagged('compare keys as they are written, not their canonical forms'),
  'ignore-case': flagged('take keys that differ in case alone for one, also where they mix cases'),
  memory: valued('what tables may take before temporary files help, as 512M (default a quarter of all)'),
  'tmp-dir': valued("where those files go (default the system's directory for them)"),
  force: flagged('replace files that exist'),
};

/** The lists to work on. */
export function listsOf(args: Arguments, { operands }: Context): readonly string[] {
  if (operands.length === 0) {
    throw new UsageError('there are no lists: name files of license keys, or - for standard input');
  }
  refuseSharedStdin([...operands, ...list(args, 'against')]);
  return operands;
}

/** What {@link LIST_OPTIONS} say. */
export async function listOptions(args: Arguments, context: Context): Promise<AuditFilesOptions> {
  return {
    against: list(args, 'against'),
    ...readingChoices(args),
    format: await formatsGiven(args),
    report: text(args, 'report'),
    ...comparisonAsked(args),
    memory: size(args, 'memory'),
    tmpDir: text(args, 'tmp-dir'),
    force: flag(args, 'force'),
    inputs: context.inputs,
    stdin: context.io.stdin,
    signal: context.signal,
  };
}

/** How keys are to be compared, where that was said. */
function comparisonAsked(args: Arguments): Pick<AuditFilesOptions, 'exact' | 'ignoreCase'> {
  const [exact, ignoreCase] = [flag(args, 'exact'), flag(args, 'ignore-case')];
  if (exact && ignoreCase) throw new UsageError('--exact and --ignore-case contradict each other: give one');
  return { exact, ignoreCase };
}

/** The formats that `--format` names, once or more often. */
export async function formatsGiven(args: Arguments): Promise<readonly KeyFormat[] | undefined> {
  const specs = list(args, 'format');
  if (specs.length > 0) return Promise.all(specs.map((spec) => formatOf(args, spec)));
  const names = Object.keys(FORMAT_OPTIONS).filter((name) => args[name] !== undefined);
  if (names.length === 0) return undefined;
  throw new UsageError(`--${names[0]} is part of a format: give --format, too`);
}

/** `--any-format`, where lists of keys are the work itself. */
export const ANY_FORMAT = flagged('take keys of different shapes, without --format');

/** What the keys of such lists have to look like. */
export async function shapeChoices(args: Arguments): Promise<ExpectedKeys> {
  const [format, anyFormat] = [await formatsGiven(args), flag(args, 'any-format')];
  if (format !== undefined && anyFormat) {
    throw new UsageError('--format and --any-format contradict each other: give one');
  }
  return { format, anyFormat };
}
