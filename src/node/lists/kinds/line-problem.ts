/** The longest line that is read, in bytes. */
export const MAX_LINE = 1 << 20;

/** What can be wrong with a line of text, and how to mend it. */
export const NOT_UTF8 = 'is not valid UTF-8: save the file as UTF-8 text';
export const TOO_LONG = 'is longer than 1 MiB: put one key on each line';

/** The same of a line with a control character. */
export function controlProblem(code: number): string {
  if (code === 0) return 'holds a NUL byte: this is no text, save it as UTF-8 text';
  const name = code.toString(16).toUpperCase().padStart(4, '0');
  return `holds the control character U+${name}: remove it, or save the file as plain UTF-8 text`;
}
