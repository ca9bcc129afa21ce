import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../..', process.env.KEYWRIGHT_VECTORS ?? '../shared/vectors');

/** Whether the third-party vectors lie beside the repository; tests that need them are skipped without. */
export const hasVectors = existsSync(resolve(FOLDER, 'README.md'));

/** What a title says when they do not. */
export const NEEDS = hasVectors ? '' : ' (SKIPPED: no third-party vectors, see KEYWRIGHT_VECTORS)';

export function vectorPath(name: string): string {
  return resolve(FOLDER, name);
}

/** The JSON of one vector file; `empty` when the vectors are absent, for tests that will be skipped. */
export function readVectors<Shape>(name: string, empty: Shape): Shape {
  return hasVectors ? JSON.parse(readFileSync(vectorPath(name), 'utf8')) : empty;
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** A folder of third-party data, or undefined when it is absent. */
export function vectorsFolder(name: string): string | undefined {
  return hasVectors ? vectorPath(name) : undefined;
}
