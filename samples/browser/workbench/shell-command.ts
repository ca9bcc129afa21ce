import type { BatchChoice } from './batch-choice.js';

/** The command that makes the batch, as a POSIX shell takes it. */
export function shellCommand({ spec, options, count, exact }: BatchChoice): string {
  const words = ['keywright generate', option('format', spec)];
  if (options.alphabet !== undefined) words.push(option('alphabet', options.alphabet));
  if (options.prefix !== undefined) words.push(option('prefix', options.prefix));
  if (options.suffix !== undefined) words.push(option('suffix', options.suffix));
  if (options.checkCharacter !== undefined) words.push(option('check-character', options.checkCharacter));
  words.push(option('count', String(count)));
  if (exact) words.push('--exact');
  words.push('--out keys.txt');
  return words.join(' ');
}

/** A value that begins with a dash would be read as an option of its own. */
function option(name: string, value: string): string {
  return `--${name}${value.startsWith('-') ? '=' : ' '}${quoted(value)}`;
}

function quoted(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
