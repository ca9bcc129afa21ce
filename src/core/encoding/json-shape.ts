import { isJsonObject, type JsonObject, type JsonValue, parseJson } from './json-text.js';

/** What a value must look like: it returns the value, or throws where it looks otherwise. */
export type Shape<T> = (value: JsonValue | undefined) => T;

/**
 * Reads a JSON text that we wrote, where somebody else may have changed it since.
 *
 * @returns undefined when it is no JSON, or has not the shape.
 *
 * @example
 * readShape('{"count":3}', objectOf({ count: wholeNumberShape })); // { count: 3 }
 */
export function readShape<T>(json: string, shape: Shape<T>): T | undefined {
  const reading = parseJson(json);
  if ('fault' in reading) return undefined;
  try {
    return shape(reading.value);
  } catch (error) {
    if (error instanceof ShapeFault) return undefined;
    throw error;
  }
}

class ShapeFault extends Error {
  override readonly name = 'ShapeFault';
}

/** A string. */
export function textShape(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new ShapeFault('no text');
}

/** A number of things. */
export function wholeNumberShape(value: JsonValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ShapeFault('no whole number');
}

/** Any number. */
export function numberShape(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new ShapeFault('no number');
}

/** True or false. */
export function truthShape(value: JsonValue | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw new ShapeFault('neither true nor false');
}

/** Any object. */
export function objectShape(value: JsonValue | undefined): JsonObject {
  if (value !== undefined && isJsonObject(value)) return value;
  throw new ShapeFault('no object');
}

/** A value that `fits` as well. */
export function refined<T>(shape: Shape<T>, fits: (value: T) => boolean): Shape<T> {
  return (value) => {
    const read = shape(value);
    if (fits(read)) return read;
    throw new ShapeFault('not as it should be');
  };
}

/** A value, or null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

/** An array of such values. */
export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value) => {
    if (Array.isArray(value)) return value.map((each: JsonValue) => shape(each));
    throw new ShapeFault('no list');
  };
}

/** An object of these members, each its own. Others are left out. */
export function objectOf<T extends object>(
  members: { readonly [Name in keyof T]-?: Shape<T[Name]> },
): Shape<T> {
  return (value) => {
    const object = objectShape(value);
    const read: Partial<T> = {};
    for (const name in members)
      read[name] = members[name](Object.hasOwn(object, name) ? object[name] : undefined);
    if (isWhole(read, members)) return read;
    throw new ShapeFault('lacks a member');
  };
}

function isWhole<T extends object>(read: Partial<T>, members: object): read is T {
  return Object.keys(members).every((name) => Object.hasOwn(read, name));
}
