/** A command line of ours that needs no shell. */
export interface PlainCommand {
  readonly argv: readonly string[];
  /** The file that is its standard input. */
  readonly input: string | undefined;
  /** The file that its standard output becomes. */
  readonly output: string | undefined;
}

const WORD = `(?:[\\w@%+=:,./^-]|'[^']*'|"(?:[^"$\`\\\\]|\\$[A-Za-z_]\\w*)*")+`;
const SPACE = '(?: |\\\\\n)+';
const PLAIN = new RegExp(
  `^keywright((?:${SPACE}${WORD})*)(?:${SPACE}<${SPACE}(${WORD}))?(?:${SPACE}>${SPACE}(${WORD}))?$`,
);

/**
 * Takes apart, as sh does, a command that is `keywright`, words and perhaps `< FILE` and `> FILE`. Undefined for
 * whatever else a shell can do, and for all that it might do more with: pipes, lists, patterns, substitutions.
 */
export function plainCommand(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): PlainCommand | undefined {
  const [whole, words = '', input, output] = PLAIN.exec(command) ?? [];
  if (whole === undefined) return undefined;
  const argv = (words.match(new RegExp(WORD, 'g')) ?? []).map((word) => unquoted(word, env));
  return { argv, input: input && unquoted(input, env), output: output && unquoted(output, env) };
}

function unquoted(word: string, env: Readonly<Record<string, string | undefined>>): string {
  return word.replace(/'([^']*)'|"([^"]*)"/g, (_, plain?: string, expanded?: string) => {
    return plain ?? (expanded ?? '').replace(/\$(\w+)/g, (__, name: string) => env[name] ?? '');
  });
}
