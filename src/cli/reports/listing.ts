/** Names and values as lines for people, the values in a column. */
export function listing(lines: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(9, ...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)} ${value}\n`).join('');
}

/** A report as JSON for programs: one object, `schema` first. */
export function jsonReport(name: string, report: object): string {
  return `${JSON.stringify({ schema: `keywright/${name}/v1`, ...report }, null, 2)}\n`;
}
