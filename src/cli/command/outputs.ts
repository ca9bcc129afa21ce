import { UsageError } from './exit-code.js';
import { type Arguments, type CommandOptions, list } from './options.js';

/**
 * The arguments without those outputs that `-` names: standard output is what commands write to by themselves.
 *
 * @throws {UsageError} For an output without a name, and for `-` where there has to be a file.
 */
export function withoutStdout(options: CommandOptions, args: Arguments): Arguments {
  const kept = Object.entries(args).filter(([name]) => {
    const { names, orStdout = false } = options[name] ?? {};
    if (names !== 'output') return true;
    const paths = list(args, name);
    if (paths.includes('')) {
      throw new UsageError(
        `--${name} is empty: give it a name${orStdout ? ', or - for standard output' : ''}`,
      );
    }
    if (!paths.includes('-')) return true;
    if (!orStdout) throw new UsageError(`--${name} cannot be standard output: give it a name`);
    // Twice is the command's to refuse.
    return paths.length > 1;
  });
  return Object.fromEntries(kept);
}
