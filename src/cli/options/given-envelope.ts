import { noJsonObject, withoutMark } from '../../node/files/text-file.js';

/** Whether a text is a JSON object, by a reader that forgives: what is one gets a verdict, and an explanation. */
export function holdsObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(withoutMark(text));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Refuses lines where one envelope is expected: their verdict would say nothing of any of them.
 *
 * @throws {KeywrightError} `damaged_file`
 */
export function refuseLines(source: string, text: string): void {
  const end = text.indexOf('\n');
  if (end < 0 || !holdsObject(text.slice(0, end)) || holdsObject(text)) return;
  throw noJsonObject(source, 'its first line is one, so judge each line by --jsonl');
}
