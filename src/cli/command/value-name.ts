import type { CommandOption } from './options.js';

/** What the help calls the value of an option, in every command alike; where there is none, the last word of its name. */
const NAMES: Readonly<Record<string, string>> = {
  as: 'KIND',
  at: 'TIME',
  by: 'NAME',
  chunk: 'N',
  column: 'NAME|N',
  comment: 'TEXT',
  count: 'N',
  header: 'NAME',
  jobs: 'N',
  keyring: 'FILE',
  map: 'COLUMN=FIELD',
  'max-age': 'SECONDS',
  'max-future': 'SECONDS',
  memory: 'SIZE',
  next: 'TIME',
  nonce: 'TEXT',
  now: 'TIME',
  number: 'N',
  out: 'FILE',
  passphrase: 'SOURCE',
  product: 'NAME',
  reason: 'WORD',
  report: 'FILE',
  request: 'FILE',
  seed: 'TEXT',
  set: 'NAME=VALUE',
  shard: 'I/N',
  signer: 'CMD',
  since: 'TIME',
  split: 'N',
  state: 'FILE',
  'tmp-dir': 'FOLDER',
  until: 'TIME',
  'valid-from': 'TIME',
  'valid-until': 'TIME',
};

/** Choices that are no longer than this stand in the help themselves. */
const LONGEST_CHOICES = 14;

/** What the help calls the value of an option: FILE, or its choices where these are few. */
export function valueName(name: string, { value, words }: CommandOption): string {
  if (value !== undefined) return value;
  const choices = typeof words === 'object' ? words.join('|') : '';
  if (choices !== '' && choices.length <= LONGEST_CHOICES) return choices;
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return known ?? name.split('-').at(-1)?.toUpperCase() ?? '';
}
