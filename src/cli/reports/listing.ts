import { shownJson, shownText } from '../../node/files/file-error.js';

/** Names and values as lines for people, the values in a column; what a terminal would obey is shown. */
export function listing(lines: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(9, ...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${shownText(name).padEnd(width)} ${shownText(value)}\n`).join('');
}

/** A report as JSON for programs: one object, `schema` first; what a terminal would obey is escaped. */
export function jsonReport(name: string, report: object): string {
  return `${shownJson(JSON.stringify({ schema: `keywright/${name}/v1`, ...report }, null, 2))}\n`;
}
