import type { Issue } from '../../core/vendors/server/vendor.js';
import { shownPath, shownText } from '../files/file-error.js';

/** Where a row stands. */
export interface Place {
  readonly path: string;
  /** The line, or the element of a JSON list; from 1. */
  readonly line: number;
  /** The row's number among all rows of all lists, from 0. */
  readonly ordinal: number;
}

/** A row that cannot be imported. Nothing of it quotes a key. */
export interface RowProblem {
  readonly path: string;
  readonly line: number;
  /** The field that is at fault, as `metadata[0].key`; empty for the row as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Collects what is wrong with rows: how many, and of the first ones, what. */
export class Problems {
  readonly #most: number;
  #kept: { readonly ordinal: number; readonly problems: readonly RowProblem[] }[] = [];
  #rows = 0;

  /** Keeps the problems of the first `most` rows. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many rows have problems. */
  get rows(): number {
    return this.#rows;
  }

  /** The problems of the first rows, in their order. */
  get first(): readonly RowProblem[] {
    this.#cut();
    return this.#kept.flatMap(({ problems }) => problems);
  }

  /** Notes all that is wrong with a row; call it once a row. */
  note({ path, line, ordinal }: Place, issues: readonly Issue[]): void {
    this.#rows++;
    const problems = issues.map((issue) => ({ path, line, field: fieldOf(issue), message: issue.message }));
    this.#kept.push({ ordinal, problems });
    // Rows of one request are judged together, so they do not come in order.
    if (this.#kept.length >= 2 * this.#most + 64) this.#cut();
  }

  #cut(): void {
    this.#kept = this.#kept.sort((a, b) => a.ordinal - b.ordinal).slice(0, this.#most);
  }
}

/** A problem as a line for people. */
export function problemLine({ path, line, field, message }: RowProblem): string {
  return `${shownPath(path)}:${line}: ${field === '' ? '' : `${field} `}${message}`;
}

/** A path as it may stand in a message; a name of a row's own making may be anything. */
function fieldOf({ path }: Issue): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = /^[\w-]{1,64}$/.test(step) ? step : '(unprintable)';
      return index === 0 ? name : `.${name}`;
    })
    .map(shownText)
    .join('');
}

/** What a careful sender would want to hear, each once, with the number of requests it concerns. */
export class Warnings {
  readonly #counts = new Map<string, number>();

  note(issues: readonly Issue[]): void {
    for (const issue of issues) {
      // One warning, whichever item of a list it concerns.
      const text = `${fieldOf(issue).replaceAll(/\[\d+\]/g, '[]')} ${issue.message}`.trim();
      if (this.#counts.has(text) || this.#counts.size < MOST_WARNINGS) {
        this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
      }
    }
  }

  get all(): readonly { readonly message: string; readonly requests: number }[] {
    return Array.from(this.#counts, ([message, requests]) => ({ message, requests }));
  }
}

const MOST_WARNINGS = 50;
