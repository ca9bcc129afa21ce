import { find, make } from '../element.js';
import { visible } from '../payload-text.js';
import { numberWords } from './figure-words.js';
import type { DuplicateFinding, InvalidFinding, KeyFindings, KeyPlace } from './key-findings.js';
import { keyBeginning } from './list-card.js';

/** Rows of a table that the page shows; all of them are in the file. */
const SHOWN = 200;
const HOW: Readonly<Record<DuplicateFinding['how'], string>> = {
  same: 'same text',
  spelling: 'other spelling',
  case: 'other case',
};

/** Shows what was found in lists of these names. */
export function showFindings(findings: KeyFindings, names: readonly string[]): void {
  const { duplicates, invalid, kept, read, withoutKey } = findings;
  const spelled = duplicates.filter(({ how }) => how === 'spelling').length;
  tell('found-read', numberWords(read));
  tell('found-kept', numberWords(kept.length));
  tell(
    'found-duplicates',
    spelled === 0
      ? numberWords(duplicates.length)
      : `${numberWords(duplicates.length)}, of these spelled differently: ${numberWords(spelled)}`,
  );
  tell('found-invalid', numberWords(invalid.length));
  tell('found-without', numberWords(withoutKey));
  const at = ({ list, line }: KeyPlace) => visible(`${names[list] ?? ''}:${line}`);
  table(
    'duplicates',
    duplicates.map((each) => () => [keyBeginning(each.text), at(each.place), at(each.first), HOW[each.how]]),
  );
  table(
    'invalid',
    invalid.map((each) => () => [keyBeginning(each.text), at(each.place), each.why]),
  );
}

/** What was found, as a file: no cell of it does anything in a spreadsheet. */
export function findingsCsv({ duplicates, invalid }: KeyFindings, names: readonly string[]): Blob {
  const rows = [
    ['file', 'line', 'found', 'first_file', 'first_line'],
    ...duplicates.map(({ place, first, how }) => [...cells(place), HOW[how], ...cells(first)]),
    ...invalid.map(({ place, why }: InvalidFinding) => [...cells(place), why, '', '']),
  ];
  function cells({ list, line }: KeyPlace): readonly string[] {
    return [names[list] ?? '', String(line)];
  }
  return new Blob(
    rows.map((row) => `${row.map(csvCell).join(',')}\r\n`),
    { type: 'text/csv' },
  );
}

export function keptText({ kept }: KeyFindings): Blob {
  return new Blob([kept.join('\n'), '\n'], { type: 'text/plain' });
}

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  make('a', '', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function csvCell(text: string): string {
  const guarded = /^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

function table(id: string, rows: readonly (() => readonly string[])[]): void {
  const body = rows.slice(0, SHOWN).map((cells) =>
    make(
      'tr',
      cells().map((cell) => make('td', cell)),
    ),
  );
  find(`${id}-rows`, HTMLElement).replaceChildren(...body);
  find(`${id}-section`, HTMLElement).hidden = rows.length === 0;
  tell(
    `${id}-more`,
    rows.length > SHOWN
      ? `The first ${SHOWN} of ${numberWords(rows.length)}; the file of findings has all.`
      : '',
  );
}

function tell(id: string, text: string): void {
  find(id, HTMLElement).textContent = text;
}
