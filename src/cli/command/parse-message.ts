const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^Not enough arguments following: (.)$/, '-$1 needs a value'],
  [/^Not enough arguments following: (.+)$/, '--$1 needs a value'],
  [/^Unknown arguments?: ([\w-]{1,24}(?:, [\w-]{1,24})*)$/, 'there is no option $1'],
  // What is longer may be a key or a passphrase.
  [/^Unknown argument.*$/, 'there is no such option'],
  [/^Did you mean (.+)\?$/, 'there is no such command, probably $1'],
];

/** A message of yargs, in English, as one line of ours. */
export function plainMessage(message: string): string {
  const line = message.split('\n')[0] ?? '';
  if (line.includes(': see ')) return line;
  const [pattern, wording] = REWORDED.find(([known]) => known.test(line)) ?? [/^/, ''];
  return `${line.replace(pattern, wording)}: see keywright --help`;
}
