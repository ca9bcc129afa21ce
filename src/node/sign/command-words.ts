import { KeywrightError } from '../../core/errors.js';

/**
 * The words of a command that is run without a shell. Blanks part them; between `'…'` or `"…"` they do not. Nothing else
 * has a meaning: no variables, no backslashes, no pipes.
 *
 * @throws {KeywrightError} `invalid_option` for a quote that does not end, and for no word at all.
 */
export function commandWords(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [part, single, double, plain] of command.matchAll(PARTS)) {
    if (part === "'" || part === '"') throw refuse(`has a ${part} without another: close it`);
    const text = single ?? double ?? plain;
    if (text !== undefined) {
      word = `${word ?? ''}${text}`;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  if (words[0] === undefined || words[0] === '') throw refuse('is empty: name a program, and its arguments');
  return words;
}

const PARTS = /'([^']*)'|"([^"]*)"|([^\s'"]+)|\s+|['"]/g;

function refuse(what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the command of the signer ${what}`, { option: 'signer' });
}
