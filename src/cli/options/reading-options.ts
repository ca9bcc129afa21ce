import type { ReaderChoices } from '../../node/lists/kinds/reader.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, type CommandOptions, flag, flagged, text, valued } from '../command/options.js';

/** Which lists of keys are read, for the help. */
export const LISTS_READ = 'text, CSV, JSON, JSONL, Excel, each plain or gzip';

/** The options of every command that reads lists of keys. */
export const READING_OPTIONS: CommandOptions = {
  column: valued('the column of all lists that holds the key: its name or number, of JSON as attributes.key'),
  'header-row': flagged('the first row of all lists is a heading'),
  'no-header-row': flagged('the first row of all lists is none'),
  sheet: valued('the sheet of Excel workbooks (default the first)'),
};

/** What {@link READING_OPTIONS} say. */
export function readingChoices(args: Arguments): ReaderChoices {
  const [headerRow, none] = [flag(args, 'header-row'), flag(args, 'no-header-row')];
  if (headerRow && none)
    throw new UsageError('--header-row and --no-header-row contradict each other: give one');
  return {
    column: text(args, 'column'),
    headerRow: headerRow || none ? headerRow : undefined,
    sheet: text(args, 'sheet'),
  };
}
