import { make } from '../element.js';
import { visible } from '../payload-text.js';
import { evidentColumn } from './evident-column.js';
import { type KeyColumn, type KeyList, keyColumns, type ListChoice } from './key-list.js';
import { UnreadableList } from './list-text.js';
import { DELIMITERS, type Delimiter } from './table-rows.js';

/** A list in the form, with what has to be asked about it. */
export interface ListCard {
  readonly element: HTMLElement;
  readonly list: KeyList;
  /** How the list is read, or the question that is still open. */
  choice(): ListChoice | HTMLSelectElement;
}

const NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
};
const OPEN = '';
let cards = 0;

export function listCard(list: KeyList, remove: HTMLElement): ListCard {
  const card = `list-${cards++}`;
  const delimiter = select(`${card}-delimiter`);
  const column = select(`${card}-column`);
  const heading = select(`${card}-heading`);
  const note = make('p', '', { class: 'help' });
  for (const each of list.delimiters) {
    const words = each === undefined ? 'nothing: a key a line' : NAMES[each];
    delimiter.append(make('option', words, { value: each ?? 'none' }));
  }
  if (!list.isParted) delimiter.prepend(make('option', 'choose', { value: OPEN }));
  delimiter.value = list.isParted ? (list.delimiters[0] ?? 'none') : OPEN;
  const delimiterRow = question('Cells are parted by', delimiter);
  const columnRow = question('The keys are in', column);
  const headingRow = question('The first row is', heading);
  delimiterRow.hidden = list.delimiters.length < 2;

  const chosen = () => DELIMITERS.find((each) => each === delimiter.value);
  const ask = () => {
    const columns = columnsOf(list, chosen(), note);
    column.replaceChildren(make('option', 'choose', { value: OPEN }));
    for (const [at, each] of columns.entries()) {
      column.append(make('option', columnWords(each, at), { value: String(at) }));
    }
    const evident = evidentColumn(list, columns);
    const isSingle = columns.length === 1;
    column.value = String(evident.column ?? OPEN);
    columnRow.hidden = isSingle || columns.length === 0;
    heading.replaceChildren(
      make('option', 'choose', { value: OPEN }),
      make('option', 'a heading', { value: 'heading' }),
      make('option', 'a key', { value: 'row' }),
    );
    heading.value = evident.firstRow ?? OPEN;
    headingRow.hidden = list.isJson || columns.length === 0;
    const isOpen = delimiter.value === OPEN;
    if (isOpen) for (const row of [columnRow, headingRow]) row.hidden = true;
  };
  delimiter.addEventListener('change', ask);
  ask();

  return {
    element: make(
      'div',
      [
        make('div', [make('strong', visible(list.name)), remove], { class: 'title' }),
        note,
        delimiterRow,
        columnRow,
        headingRow,
      ],
      { class: 'list', role: 'group', 'aria-label': visible(list.name) },
    ),
    list,
    choice() {
      const questions = list.isJson ? [column] : [delimiter, column, heading];
      const open = questions.find(({ value }) => value === OPEN);
      if (open !== undefined) return open;
      return { delimiter: chosen(), column: Number(column.value), hasHeading: heading.value === 'heading' };
    },
  };
}

function columnsOf(list: KeyList, delimiter: Delimiter | undefined, note: HTMLElement): readonly KeyColumn[] {
  try {
    note.textContent = list.isJson ? 'JSON' : '';
    return keyColumns(list, delimiter);
  } catch (error) {
    if (!(error instanceof UnreadableList)) throw error;
    note.textContent = `It ${error.message}.`;
    return [];
  }
}

/** The name of a column and how its cells begin. */
function columnWords({ name, cells }: KeyColumn, at: number): string {
  const filled = cells.filter((cell) => cell.trim() !== '').slice(0, 2);
  const begins = filled.map((cell) => visible(keyBeginning(cell))).join(', ');
  const title = name.length > 40 ? `${name.slice(0, 40)}…` : name.trim();
  return `${at + 1}: ${visible(title)}${begins === '' ? '' : ` (${begins})`}`;
}

/** The first group of a key, never all of it. */
export function keyBeginning(key: string): string {
  const group = /^[\p{L}\p{N}]+/u.exec(key.trim())?.[0] ?? key.trim();
  const most = group.length < key.trim().length ? 8 : Math.floor(group.length / 2);
  return `${[...group].slice(0, Math.min(most, 8)).join('')}…`;
}

function select(id: string): HTMLSelectElement {
  return make('select', '', { id });
}

function question(words: string, field: HTMLSelectElement): HTMLElement {
  return make('div', [make('label', words, { for: field.id }), field], { class: 'question' });
}
