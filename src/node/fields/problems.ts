import type { Issue } from '../../core/vendors/server/vendor.js';
import { shownPath, shownText } from '../files/file-error.js';

/** Where a row stands. */
export interface Place {
  readonly path: string;
  /** The line, or the element of a JSON list; from 1. */
  readonly line: number;
  /** The row's number among all rows of all lists, from 0. */
  readonly ordinal: number;
  /** What the importer calls the row. */
  readonly reference?: string | undefined;
}

/** A row that cannot be imported. Nothing of it quotes a key. */
export interface RowProblem {
  readonly path: string;
  readonly line: number;
  /** The field that is at fault, as `metadata[0].key`; empty for the row as a whole. */
  readonly field: string;
  readonly message: string;
  /** What the importer calls the row, where that was asked for. */
  readonly reference?: string | undefined;
}

/** What is wrong with some rows in the same way. */
export interface ProblemGroup extends Pick<RowProblem, 'field' | 'message'> {
  readonly rows: number;
  /** The first three of them. */
  readonly examples: readonly Pick<RowProblem, 'path' | 'line'>[];
}

/** Collects what is wrong with rows: how many, and for each reason where the first of them stand. */
export class Problems {
  readonly #groups = new Map<string, PlacedGroup>();
  readonly #write: ((problems: readonly RowProblem[]) => Promise<void>) | undefined;
  readonly #onRow: ((place: Place) => void) | undefined;
  #unwritten: RowProblem[] = [];
  #rows = 0;

  /** `write` is given all problems, each once, as {@link flush} is called; `onRow` is called at once with each row. */
  constructor(write?: (problems: readonly RowProblem[]) => Promise<void>, onRow?: (place: Place) => void) {
    this.#write = write;
    this.#onRow = onRow;
  }

  /** How many rows have problems. */
  get rows(): number {
    return this.#rows;
  }

  /** The reasons, in the order of their first rows. */
  get groups(): readonly ProblemGroup[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => (a.places[0]?.ordinal ?? 0) - (b.places[0]?.ordinal ?? 0))
      .map(({ field, message, rows, places }) => ({
        field,
        message,
        rows,
        examples: places.map(({ path, line }) => ({ path, line })),
      }));
  }

  /** Notes all that is wrong with a row; call it once a row. */
  note(place: Place, issues: readonly Issue[]): void {
    this.#rows++;
    this.#onRow?.(place);
    const seen = new Set<PlacedGroup>();
    for (const issue of issues) {
      const [field, message] = [fieldOf(issue), issue.message];
      const { path, line, reference } = place;
      if (this.#write !== undefined) this.#unwritten.push({ path, line, field, message, reference });
      const group = this.#groupOf(field, message);
      if (seen.has(group)) continue;
      seen.add(group);
      group.rows++;
      // Rows of one request are judged together, so they do not come in order.
      if (place.ordinal > (group.places[EXAMPLES - 1]?.ordinal ?? Number.POSITIVE_INFINITY)) continue;
      group.places = [...group.places, place].sort((a, b) => a.ordinal - b.ordinal).slice(0, EXAMPLES);
    }
  }

  /** Hands over what was noted since the last call. */
  async flush(): Promise<void> {
    const problems = this.#unwritten;
    this.#unwritten = [];
    if (problems.length > 0) await this.#write?.(problems);
  }

  #groupOf(field: string, message: string): PlacedGroup {
    const known = this.#groups.get(`${field} ${message}`);
    if (known !== undefined) return known;
    if (this.#groups.size >= MOST_REASONS && message !== OTHER) return this.#groupOf('', OTHER);
    const group = { field, message, rows: 0, places: [] };
    this.#groups.set(`${field} ${message}`, group);
    return group;
  }
}

interface PlacedGroup {
  readonly field: string;
  readonly message: string;
  rows: number;
  places: readonly Place[];
}

const EXAMPLES = 3;
const MOST_REASONS = 50;
const LONGEST_NAME = 300;
const OTHER = 'has other problems: mend those told before';

/** Problems as lines for people: each reason with its first rows, and how many more there are. */
export function problemLines(groups: readonly ProblemGroup[]): readonly string[] {
  return groups.flatMap(({ field, message, rows, examples }) => {
    const reason = `${field === '' ? '' : `${field} `}${message}`;
    const lines = examples.map(({ path, line }) => `${shownPath(path)}:${line}: ${reason}`);
    const more = rows - examples.length;
    return more === 0 ? lines : [...lines, `… and ${more} more ${more === 1 ? 'row' : 'rows'}: ${reason}`];
  });
}

/** A path as it may stand in a message. It begins with a field or a column that was asked for; a name inside may be anything. */
function fieldOf({ path }: Issue): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const isPlain = index === 0 ? step.length <= LONGEST_NAME : /^[\w-]{1,64}$/.test(step);
      const name = isPlain ? step : '(unprintable)';
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
