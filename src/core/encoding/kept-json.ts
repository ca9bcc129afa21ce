import { ownMember, parseJson } from './json-text.js';

/*
 * What was kept as JSON, wherever that was, may have been damaged since, or be any value at all: what cannot be read of it
 * counts as absent. Nothing here throws.
 */

/** What was kept: a text, as most storage gives it back, is read as JSON. */
export function keptValue(kept: unknown): unknown {
  if (typeof kept !== 'string') return kept;
  const reading = parseJson(kept);
  return 'value' in reading ? reading.value : undefined;
}

/** The own member `name`; undefined where there is none. */
export function keptMember(kept: unknown, name: string): unknown {
  return read(() => ownMember(Object(kept), name));
}

/** The last items of a list, at most a thousand, more than anybody has; none where it is no list. */
export function keptList(kept: unknown): readonly unknown[] {
  return read(() => (Array.isArray(kept) ? kept.slice(-1000) : undefined)) ?? [];
}

/** The own members of an object; none where it is no object: a text, or a list, has as many as it is long. */
export function keptEntries(kept: unknown): readonly (readonly [string, unknown])[] {
  const isObject = typeof kept === 'object' && kept !== null;
  return read(() => (isObject && !Array.isArray(kept) ? Object.entries(kept) : undefined)) ?? [];
}

function read<Value>(act: () => Value): Value | undefined {
  try {
    return act();
  } catch {
    return undefined; // a getter or a proxy that throws
  }
}
