import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../..', process.env.KEYWRIGHT_SEEDS ?? '../shared/seeds');

/** Whether the vendors' pages lie beside the repository; tests that need them are skipped without. */
export const hasSeeds = existsSync(FOLDER);

/** What a title says when they do not. */
export const NEEDS_SEEDS = hasSeeds ? '' : ' (SKIPPED: no pages of the vendors, see KEYWRIGHT_SEEDS)';

/** The text of the page with that number; empty when the pages are absent, for tests that will be skipped. */
export function readSeed(number: string): string {
  const name = hasSeeds ? readdirSync(FOLDER).find((file) => file.startsWith(`${number}_`)) : undefined;
  return name === undefined ? '' : readFileSync(resolve(FOLDER, name), 'utf8');
}
