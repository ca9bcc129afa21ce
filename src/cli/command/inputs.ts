import { existsSync } from 'node:fs';
import { KeywrightError } from '../../core/errors.js';
import { ledgerFiles } from '../../node/ledger/ledger-files.js';
import { ProtectedFiles } from '../../node/publish/protected-files.js';
import type { Io } from './io.js';
import { type Arguments, type CommandOptions, list } from './options.js';

/**
 * The files that a command line names to be read or held open. An operand counts as one, and as a ledger, whatever the
 * command makes of it: a file that is spared without need does no harm. So does each word of a program that is run, for
 * one of them may be the private key.
 */
export function inputsOf(
  options: CommandOptions,
  args: Arguments,
  operands: readonly string[],
  env: Io['env'],
): readonly string[] {
  const named = (kind: 'input' | 'ledger' | 'program') =>
    Object.entries(options)
      .filter(([, { names }]) => names === kind)
      .flatMap(([name]) => list(args, name));
  const ledgers = [...operands, ...named('ledger')].flatMap((name) => ledgerFiles(name, env));
  // Many commands read standard input without being told.
  const words = named('program').flatMap(filesOfCommand);
  return [...operands, ...named('input'), ...words, ...ledgers, '-'];
}

/** The files among the words of a command line, also behind `=` or `:`, as in `file:app.private.pem`. */
function filesOfCommand(command: string): readonly string[] {
  const words = Array.from(command.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g), ([, ...forms]) =>
    forms.join(''),
  );
  const named = words.flatMap((word) => [word, word.slice(word.search(/[=:]/) + 1)]);
  return named.filter((name) => existsSync(name));
}

/**
 * Refuses to read what standard output is appended to or has emptied, as `keywright sign list.jsonl >> list.jsonl`: it
 * would feed on itself.
 *
 * @throws {KeywrightError} `same_file`
 */
export function refuseAppending(inputs: readonly string[], { stdout }: Io): void {
  const { fd } = stdout;
  const into = fd === undefined ? undefined : inputs.find((path) => new ProtectedFiles([path]).holdsOpen(fd));
  if (into === undefined) return;
  const message = 'standard output goes to a file that is also an input: write to another file';
  throw new KeywrightError('same_file', message, { path: into });
}
