import { KeywrightError } from '../../core/errors.js';
import { shownPath, shownText } from '../files/file-error.js';
import type { KeyFileStyle } from './key-rows.js';

/** Endings of names, and what is written under them; a plain text may hold any of it. */
const STYLES: Readonly<Record<string, KeyFileStyle | 'any'>> = {
  txt: 'any',
  text: 'any',
  csv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

/**
 * What a key file is by the ending of its name; undefined where that leaves it open: without an ending of letters and digits
 * that begins with a letter, and for `.txt`.
 *
 * @throws {KeywrightError} `invalid_option` (`as`): an ending of something that is not written, as `.xml` or `.gz`.
 */
export function styleByEnding(path: string): KeyFileStyle | undefined {
  const ending = /\.([a-z][a-z0-9]*)$/i.exec(path)?.[1];
  if (ending === undefined) return undefined;
  const known = ending.toLowerCase();
  const style = Object.hasOwn(STYLES, known) ? STYLES[known] : undefined;
  if (style !== undefined) return style === 'any' ? undefined : style;
  const written = Object.keys(STYLES).map((name) => `.${name}`);
  const last = written.pop();
  const message = `${shownPath(path)} ends in .${shownText(ending.slice(0, 20))}, which is not written: end it in ${written.join(', ')} or ${last}, or say what it is`;
  throw new KeywrightError('invalid_option', message, { option: 'as' });
}
