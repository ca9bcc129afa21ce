import { KeywrightError } from '../../core/errors.js';

/**
 * A text from outside as it may stand on one line of a terminal: what that would obey or not show (C0 and C1 controls,
 * format characters as those that turn the direction of writing, line and paragraph separators, lone surrogates) is
 * shown escaped, as `\u{1b}`. Applied twice it changes nothing.
 */
export function shownText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same JSON text, but with what {@link shownText} shows and JSON leaves raw in its strings as `\uXXXX`. */
export function shownJson(json: string): string {
  if (!/[^\0-\x7e]/.test(json)) return json;
  return json.replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/**
 * A path as it may stand in a message; `-` is standard input. A key or a URL's password where a path
 * belongs stays unsaid.
 */
export function shownPath(path: string): string {
  if (path === '-') return 'standard input';
  if (looksSecret(path)) return 'the path (unsaid, for it looks like a key)';
  return mayHoldPassword(path) ? 'the path (unsaid, for it may hold a password)' : shownText(path);
}

/**
 * Whether a text is a URL with a user, or what was meant for one, as `postgres://user:password@host` or
 * `user:password@host/database`, or a connection string with its `password=`. A drive of Windows begins no URL.
 */
function mayHoldPassword(path: string): boolean {
  const user = path.slice(0, Math.max(0, path.lastIndexOf('@'))).replace(/^[a-z]:[\\/]/i, '');
  return /:|^\s*\/\//.test(user) || /password\s*=/i.test(path);
}

/** PEM, JSON, or a run of 32 bytes and more as hex or base64. */
function looksSecret(path: string): boolean {
  if (/-----BEGIN|^\s*\{/.test(path)) return true;
  const bare = path.replace(/[\s:]/g, '');
  if (/[0-9a-f]{64}/i.test(bare)) return true;
  const run = /[A-Za-z0-9+/_-]{43,}/.exec(bare)?.[0] ?? '';
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run);
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
