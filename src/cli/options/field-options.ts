import { UsageError } from '../command/exit-code.js';
import { type Arguments, list } from '../command/options.js';

/** `--map COLUMN=FIELD`, each; `example` is one for the message. */
export function mappings(args: Arguments, example: string): readonly (readonly [string, string])[] {
  return list(args, 'map').map((pair) => {
    // A field has no =, the name of a column may.
    const [, column, field] = /^(.+)=([^=]+)$/s.exec(pair) ?? [];
    if (column !== undefined && field !== undefined) return [column, field];
    throw new UsageError(`--map takes COLUMN=FIELD, as --map ${example}`);
  });
}
