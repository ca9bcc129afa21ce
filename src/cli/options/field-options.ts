import type { Mapping } from '../../node/fields/import-rows.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, list } from '../command/options.js';

/** `--map COLUMN=FIELD` or `--map COLUMN=FIELD:TABLE`, each; `example` is one for the message. */
export function mappings(args: Arguments, example: string): readonly Mapping[] {
  return list(args, 'map').map((pair) => {
    // A field has neither = nor :, the name of a column may have both.
    const [, column, field, table] = /^(.+)=([^=:]+)(?::([^=]+))?$/s.exec(pair) ?? [];
    if (column !== undefined && field !== undefined) return [column, field, table];
    throw new UsageError(`--map takes COLUMN=FIELD or COLUMN=FIELD:TABLE.csv, as --map ${example}`);
  });
}
