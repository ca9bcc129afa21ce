import type { KeylessRows } from '../../node/keyless/keyless-rows.js';
import type { KeyFileStyle } from '../../node/rows/key-rows.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, type CommandOptions, inputFile, list, text, valued } from '../command/options.js';
import { readingChoices } from './reading-options.js';

/** The options of keys that are given to rows. */
export const ROW_OPTIONS: CommandOptions = {
  rows: inputFile(
    'in place of --count: a CSV, JSON or JSONL list whose rows get a key each, in a new column',
  ),
  per: valued('the column of --rows that says how many keys a row gets; the row is repeated', {
    value: 'COLUMN',
  }),
};

/** What has no place beside `--rows`, and why. */
const EXCLUDED: Readonly<Record<string, string>> = {
  count: 'the rows say how many keys there are',
  set: 'the rows keep their columns and get no others',
  shard: 'the rows get their keys in one job',
};

/**
 * The rows that `--rows` names, once they were read; undefined without. To be closed.
 *
 * @throws {KeywrightError} as `readKeylessRows`.
 */
export async function rowsGiven(args: Arguments, context: Context): Promise<KeylessRows | undefined> {
  const path = text(args, 'rows');
  if (path === undefined) {
    if (text(args, 'per') !== undefined) throw new UsageError('--per goes with --rows: leave it out');
    return undefined;
  }
  const excluded = Object.entries(EXCLUDED).find(([name]) => args[name] !== undefined);
  if (excluded !== undefined)
    throw new UsageError(`--${excluded[0]} and --rows contradict each other: ${excluded[1]}`);
  if ([path, ...list(args, 'against')].filter((each) => each === '-').length > 1)
    throw new UsageError('standard input can be read once: name - once');
  const header = text(args, 'header');
  if (header === 'none')
    throw new UsageError('--header none and --rows contradict each other: name the column');
  const { rowsByEnding } = await import('../../node/rows/output-shape.js');
  const { readKeylessRows } = await import('../../node/keyless/keyless-rows.js');
  const rows = await readKeylessRows(path, {
    per: text(args, 'per'),
    header,
    headerRow: readingChoices(args).headerRow,
    stdin: context.io.stdin,
    signal: context.signal,
  });
  const [as, out] = [text(args, 'as'), text(args, 'out')];
  const wanted = as ?? rowsByEnding(out ?? '') ?? rows.style;
  if (wanted === rows.style) return rows;
  await rows.close();
  const { [rows.style]: name, [wanted]: other } = NAMES;
  throw new UsageError(
    `the rows are ${name} and stay so, and ${as === undefined ? '--out' : '--as'} says ${other ?? wanted}: write ${name}`,
  );
}

const NAMES: Readonly<Record<string, string>> & Readonly<Record<KeyFileStyle, string>> = {
  text: 'text',
  csv: 'CSV',
  json: 'JSON',
  jsonl: 'JSONL',
};
