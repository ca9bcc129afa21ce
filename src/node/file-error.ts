import { KeywrightError } from '../core/errors.js';

/** `text` as it may stand in a message: control, format and separator characters are shown escaped. */
export function shownText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** A path as it may stand in a message; `-` is standard input. */
export function shownPath(path: string): string {
  return path === '-' ? 'standard input' : shownText(path);
}

/**
 * A `damaged_file` error. `problem` continues the sentence after the file and, if given, its line, as in
 * `holds a NUL byte: save the list as UTF-8 text`; it must not quote the content, which may be keys.
 */
export function damagedFile(
  path: string,
  problem: string,
  line?: number,
  unit: 'line' | 'element' = 'line',
): KeywrightError<'damaged_file'> {
  if (line === undefined)
    return new KeywrightError('damaged_file', `${shownPath(path)} ${problem}`, { path });
  return new KeywrightError('damaged_file', `${shownPath(path)}, ${unit} ${line}, ${problem}`, {
    path,
    line,
  });
}

/** The system's name for what went wrong, as `ENOSPC`, or undefined when `error` is none of its errors. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return 'syscall' in error || /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}
