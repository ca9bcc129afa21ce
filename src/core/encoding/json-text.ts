/** What a JSON text (RFC 8259) can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. A member named `__proto__` is a member like any other. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What {@link parseJson} made of a text: its value, or the rule it breaks, to stand after "it". */
export type JsonReading = { readonly value: JsonValue } | { readonly fault: string };

/** The deepest nesting of a payload; the outermost object counts as 1. */
export const PAYLOAD_DEPTH = 64;

/** Whether a JSON value is an object. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a JSON text strictly. Refused, besides what is no JSON: a member name that stands twice in one
 * object (RFC 8259 section 4 leaves its meaning open, so two readers may differ), half a surrogate pair,
 * nesting deeper than `maxDepth`, and a byte order mark. Never throws.
 */
export function parseJson(text: string, maxDepth: number = PAYLOAD_DEPTH): JsonReading {
  try {
    const fault = findFault(text, maxDepth);
    if (fault !== undefined) return { fault };
    const value: JsonValue = JSON.parse(text);
    return { value };
  } catch {
    return { fault: 'is not JSON' };
  }
}

/** The index of the quote that ends the string starting at `start`, or the text's length without one. */
export function endOfString(text: string, start: number): number {
  for (let end = start; ; ) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes--;
    if ((end - escapes) % 2 === 0) return end;
  }
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** JSON.parse knows the grammar; this walk finds what JSON.parse lets through. */
function findFault(text: string, maxDepth: number): string | undefined {
  const halfPair = /\p{Surrogate}/u;
  if (halfPair.test(text)) return 'holds half a surrogate pair';
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      let string = text.slice(at + 1, end);
      if (string.includes('\\')) {
        string = JSON.parse(text.slice(at, end + 1));
        if (halfPair.test(string)) return 'holds half a surrogate pair';
      }
      at = end;
      if (codeAfterSpace(text, end + 1) === COLON) {
        const names = open.at(-1);
        if (names?.has(string)) return 'names a member twice';
        names?.add(string);
      }
    } else if (code === 123 || code === 91) {
      if (open.push(new Set()) > maxDepth) return `is nested deeper than ${maxDepth}`;
    } else if (code === 125 || code === 93) {
      open.pop();
    }
  }
  return undefined;
}

function codeAfterSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at++;
  return text.charCodeAt(at);
}

/**
 * Where a value differs from the signed one, as the member names on the way there: none when the whole
 * differs, `undefined` when both say the same. Member order is free, strings compare by code unit, numbers
 * as doubles. Only own members of `given` are read, each once; it may be any JavaScript value at all.
 */
export function findDifference(given: unknown, signed: JsonValue): readonly string[] | undefined {
  if (typeof signed !== 'object' || signed === null) return given === signed ? undefined : [];
  if (typeof given !== 'object' || given === null || Array.isArray(given) !== Array.isArray(signed))
    return [];
  for (const [name, value] of Object.entries(signed)) {
    const inner = Object.hasOwn(given, name) ? findDifference(Reflect.get(given, name), value) : [];
    if (inner !== undefined) return [name, ...inner];
  }
  const extra = Object.keys(given).find((name) => !Object.hasOwn(signed, name));
  return extra === undefined ? undefined : [extra];
}

/**
 * The own member `name` of any object, read once; `absent` when there is none. null is a value like any other. May
 * throw what a getter throws.
 */
export function ownMember(owner: object, name: string, absent?: unknown): unknown {
  const value: unknown = Object.hasOwn(owner, name) ? Reflect.get(owner, name) : absent;
  return value === undefined ? absent : value;
}
