import { canonicalForm, checkKey, isKeywrightError, type KeyFormat, planBatch } from 'keywright';

/** What makes two texts the same key: `ask` where keys mix cases and differ in case alone. */
export type SameKey = 'ask' | 'fold' | 'exact';

/** Where a key stands: which list, and its line. */
export interface KeyPlace {
  readonly list: number;
  readonly line: number;
}

export interface DuplicateFinding {
  readonly text: string;
  readonly place: KeyPlace;
  readonly first: KeyPlace;
  readonly how: 'same' | 'spelling' | 'case';
}

export interface InvalidFinding {
  readonly text: string;
  readonly place: KeyPlace;
  readonly why: string;
}

/** Keys that one page still compares at ease. */
const MOST = 5_000_000;

/** What is found while keys go by. */
export class KeyFindings {
  readonly duplicates: DuplicateFinding[] = [];
  readonly invalid: InvalidFinding[] = [];
  /** The keys that are met for the first time, as they are spelled there. */
  readonly kept: string[] = [];
  read = 0;
  withoutKey = 0;
  readonly #places: KeyPlace[] = [];
  readonly #seen = new Map<string, number>();
  readonly #format: KeyFormat | undefined;
  readonly #rule: SameKey;

  constructor(rule: SameKey, format: KeyFormat | undefined) {
    this.#format = format;
    this.#rule = format === undefined ? rule : isCaseSensitive(format) ? 'exact' : 'fold';
  }

  /** Whether there are pairs of which only people know whether they are one key. */
  get isUndecided(): boolean {
    return this.duplicates.some(({ how }) => how === 'case');
  }

  get isFull(): boolean {
    return this.read >= MOST;
  }

  add(cell: string | undefined, place: KeyPlace, problem: string | undefined): void {
    const text = cell?.trim() ?? '';
    if (problem !== undefined) {
      this.read++;
      this.invalid.push({ text, place, why: problem });
    } else if (text === '' || text === 'NULL' || text === '\\N') {
      this.withoutKey++;
    } else {
      this.read++;
      const form = this.#form(text);
      if ('why' in form) this.invalid.push({ text, place, why: form.why });
      else this.#compare(text, form.text, place);
    }
  }

  #compare(text: string, form: string, place: KeyPlace): void {
    const index = this.#seen.get(form);
    const first = index === undefined ? undefined : this.kept[index];
    const firstPlace = index === undefined ? undefined : this.#places[index];
    if (first === undefined || firstPlace === undefined) {
      this.#seen.set(form, this.kept.length);
      this.kept.push(text);
      this.#places.push(place);
    } else {
      this.duplicates.push({ text, place, first: firstPlace, how: this.#difference(text, first) });
    }
  }

  /** What is compared of a text, or why it is no key. */
  #form(text: string): { readonly text: string } | { readonly why: string } {
    if (this.#format?.test(text) === true) {
      return { text: this.#rule === 'exact' ? text : canonicalForm(text) }; // what checkKey says, quicker
    }
    if (this.#format !== undefined) {
      const { key, canonical, problem } = checkKey(this.#format, text);
      if (key !== undefined) return { text: this.#rule === 'exact' ? key : canonical };
      const at = problem === undefined || problem.position === 0 ? '' : `character ${problem.position}: `;
      return { why: `${at}${problem?.message ?? 'it is no key of the format'}` };
    }
    try {
      const form = canonicalForm(text);
      if (form === '') return { why: 'it is of separators alone' };
      return { text: this.#rule === 'exact' ? text : form };
    } catch (error) {
      if (!isKeywrightError(error, 'not_a_key')) throw error;
      return { why: error.message };
    }
  }

  #difference(text: string, first: string): DuplicateFinding['how'] {
    if (text === first) return 'same';
    const differsInCase = lettersOf(text) !== lettersOf(first);
    return this.#rule === 'ask' && differsInCase && (mixesCase(text) || mixesCase(first))
      ? 'case'
      : 'spelling';
  }
}

/** Two texts of one canonical form differ in case where these differ. */
function lettersOf(text: string): string {
  return text.replace(/[^A-Za-z]+/g, '');
}

function mixesCase(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text);
}

function isCaseSensitive(format: KeyFormat): boolean {
  try {
    planBatch(format, 1);
    return false;
  } catch (error) {
    return isKeywrightError(error, 'ambiguous_case');
  }
}
