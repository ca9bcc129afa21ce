import type { JsonObject } from '../../../src/core/encoding/json-text.js';

/** The JSON object that a page shows first, its braces on lines of their own. */
export function exampleOf(page: string): JsonObject {
  const [text = '{}'] = /^\{$[\s\S]*?^\}$/m.exec(page) ?? [];
  return JSON.parse(text);
}
