import type { ResealingOptions } from '../../node/seal/resealed-rows.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import {
  type Arguments,
  type CommandOption,
  type CommandOptions,
  inputFile,
  text,
  under,
} from '../command/options.js';
import { refuseSharedStdin } from './key-options.js';
import { READING_OPTIONS, readingChoices } from './reading-options.js';

/** `--seal-secret-file`, wherever rows are hashed. */
export const SEAL_SECRET: CommandOption = inputFile(
  'a file with 32 random bytes as hex or base64: what hides keys of fewer than 80 bits from who has a proof',
);

/** The options of every command that reads sealed rows once more; the manifest says the rest. */
export const RESEALING_OPTIONS: CommandOptions = {
  'seal-secret-file': SEAL_SECRET,
  ...under('Lists', READING_OPTIONS),
};

/** What {@link RESEALING_OPTIONS} say about the rows of `seal`. */
export function resealing(
  args: Arguments,
  { io, signal }: Context,
  seal: string,
): Omit<ResealingOptions, 'onProgress'> {
  return {
    ...readingChoices(args),
    seal,
    sealSecretFile: text(args, 'seal-secret-file'),
    stdin: io.stdin,
    signal,
  };
}

/** The lists of keys, and the seal of `--seal`, which is no standard input: its manifest lies beside it. */
export function sealedLists(
  args: Arguments,
  { operands }: Context,
): { readonly keys: readonly string[]; readonly seal: string } {
  if (operands.length === 0) throw new UsageError('there are no keys: name the files that were sealed');
  const seal = text(args, 'seal');
  if (seal === undefined || seal === '-')
    throw new UsageError('--seal is missing: name the file of the seal');
  refuseSharedStdin(operands);
  return { keys: operands, seal };
}
