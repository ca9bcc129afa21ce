import type { KeyFormat } from 'keywright';
import { find, make } from '../element.js';
import { visible } from '../payload-text.js';
import { type ChosenList, checkLists } from './check-run.js';
import { numberWords } from './figure-words.js';
import { download, findingsCsv, keptText, showFindings } from './findings-view.js';
import { KeyFindings, type SameKey } from './key-findings.js';
import { keyList } from './key-list.js';
import { type ListCard, listCard } from './list-card.js';
import { listText, UnreadableList } from './list-text.js';

const form = find('check-form', HTMLFormElement);
const files = find('files', HTMLInputElement);
const pasted = find('pasted', HTMLTextAreaElement);
const place = find('lists', HTMLElement);
const against = find('against', HTMLSelectElement);
const progress = find('progress', HTMLProgressElement);
const running = find('running', HTMLElement);
const verdict = find('check-verdict', HTMLElement);
const found = find('found', HTMLElement);

/** The lists in the form, in their order. */
let cards: readonly ListCard[] = [];
let pastedCard: ListCard | undefined;
let run: AbortController | undefined;
let result: { readonly findings: KeyFindings; readonly names: readonly string[] } | undefined;
/** What the user said of keys that differ in case alone. */
let sameKey: SameKey = 'ask';

/** `format` tells the format that the other tab has. */
export function startCheckTab(format: () => KeyFormat | undefined): void {
  files.addEventListener('change', () => takeFiles(files.files));
  // Wherever on the page they are dropped: elsewhere the browser would leave it, and open the file.
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    find('check-tab', HTMLElement).click();
    takeFiles(event.dataTransfer?.files ?? null);
  });
  pasted.addEventListener('input', takePasted);
  form.addEventListener('input', () =>
    forget('Changed since', 'Press Check to compare what stands there now.'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sameKey = 'ask';
    check(format());
  });
  find('stop', HTMLButtonElement).addEventListener('click', () => run?.abort());
  find('save-kept', HTMLButtonElement).addEventListener('click', () => {
    if (result !== undefined) download(keptText(result.findings), 'clean-keys.txt');
  });
  find('save-findings', HTMLButtonElement).addEventListener('click', () => {
    if (result !== undefined) download(findingsCsv(result.findings, result.names), 'findings.csv');
  });
  for (const [id, rule] of [
    ['fold-case', 'fold'],
    ['keep-case', 'exact'],
  ] as const) {
    find(id, HTMLButtonElement).addEventListener('click', () => {
      sameKey = rule;
      check(format());
    });
  }
}

/** Names the format of the other tab among what keys may be held against. */
export function offerFormat(format: KeyFormat | undefined): void {
  const option = find('against-format', HTMLOptionElement);
  option.textContent =
    format === undefined ? 'the other tab: it has no format' : `the other tab: ${format.mask}`;
  option.disabled = format === undefined;
  if (against.value !== 'format') return;
  if (format === undefined) against.value = '';
  forget('Changed since', 'Press Check to compare by what the other tab says now.');
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}

async function takeFiles(given: FileList | null): Promise<void> {
  for (const file of given ?? []) {
    try {
      add(file.name, await listText(file));
    } catch (error) {
      if (!(error instanceof UnreadableList)) throw error;
      forget('Not taken', `${file.name} ${error.message}.`, 'open');
    }
  }
  files.value = '';
}

function add(name: string, text: string): void {
  if (text.trim() === '') throw new UnreadableList('holds no key');
  const remove = make('button', 'Remove', { type: 'button', 'aria-label': `Remove ${visible(name)}` });
  const card = listCard(keyList(name, text), remove);
  remove.addEventListener('click', () => {
    cards = cards.filter((each) => each !== card);
    card.element.remove();
    forget('No check yet', 'Press Check to compare what stands there now.');
    files.focus();
  });
  cards = [...cards, card];
  place.append(card.element);
  forget('No check yet', 'Answer what is asked about each list, then press Check.');
}

function takePasted(): void {
  pastedCard?.element.remove();
  pastedCard = undefined;
  if (pasted.value.trim() === '') return;
  pastedCard = listCard(keyList('pasted list', pasted.value), make('span'));
  place.prepend(pastedCard.element);
}

async function check(format: KeyFormat | undefined): Promise<void> {
  run?.abort();
  const lists: ChosenList[] = [];
  for (const { list, choice } of [pastedCard ?? [], cards].flat()) {
    const chosen = choice();
    if (chosen instanceof HTMLSelectElement) {
      const isShown = chosen.offsetParent !== null;
      const way = isShown ? 'say first what is asked of it' : 'it cannot be read as it stands, so remove it';
      complain(chosen, `${list.name}: ${way}.`);
      return;
    }
    lists.push({ list, choice: chosen });
  }
  if (lists.length === 0) {
    complain(pasted, 'Paste a list of keys or add a file first.');
    return;
  }
  const mine = new AbortController();
  const findings = new KeyFindings(sameKey, against.value === 'format' ? format : undefined);
  forget('Comparing …', '');
  run = mine;
  progress.value = 0;
  running.hidden = false;
  try {
    const isWhole = await checkLists(
      lists,
      findings,
      (share) => {
        progress.value = share;
      },
      mine.signal,
    );
    if (run !== mine) return;
    if (isWhole)
      tell(
        findings,
        lists.map(({ list }) => list.name),
      );
    else forget('Stopped', 'Nothing was found out. Press Check to begin anew.', 'open');
  } catch (error) {
    if (!(error instanceof UnreadableList)) throw error;
    if (run === mine) forget('Not checked', `${error.message}.`, 'open');
  } finally {
    if (run === mine || run === undefined) running.hidden = true;
  }
}

function tell(findings: KeyFindings, names: readonly string[]): void {
  result = { findings, names };
  const { duplicates, invalid, kept } = findings;
  const faults = [count(duplicates.length, 'duplicate'), count(invalid.length, 'invalid key')].filter(
    (text) => text !== '',
  );
  const differing = duplicates.filter(({ how }) => how === 'case').length;
  find('case-question', HTMLElement).hidden = !findings.isUndecided;
  find('save-kept', HTMLButtonElement).disabled = findings.isUndecided || kept.length === 0;
  find('save-findings', HTMLButtonElement).disabled = faults.length === 0;
  if (findings.isUndecided) {
    say(
      'open',
      `${numberWords(differing)} may be one key or two`,
      'Keys that mix upper and lower case differ in case alone: say whether they are the same.',
    );
  } else if (faults.length > 0) {
    say('refused', faults.join(', '), `${numberWords(kept.length)} different keys are left.`);
  } else if (kept.length === 0) {
    say('open', 'No keys', 'No row of these lists has a key in that column.');
  } else {
    say('good', 'Each key once', `${numberWords(kept.length)} keys, no duplicate, none invalid.`);
  }
  showFindings(findings, names);
  found.hidden = false;
  verdict.scrollIntoView({ block: 'nearest' });
}

function count(amount: number, name: string): string {
  return amount === 0 ? '' : `${numberWords(amount)} ${name}${amount === 1 ? '' : 's'}`;
}

function complain(field: HTMLElement, text: string): void {
  forget('Not checked', text, 'open');
  field.setAttribute('aria-invalid', 'true');
  field.focus();
}

/** A result must not stand beside lists that it is not about. */
function forget(word: string, text: string, state: 'idle' | 'open' = 'idle'): void {
  run?.abort();
  run = undefined;
  result = undefined;
  running.hidden = true;
  found.hidden = true;
  find('case-question', HTMLElement).hidden = true;
  for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  say(state, word, text);
}

function say(state: 'idle' | 'good' | 'open' | 'refused', word: string, text: string): void {
  verdict.dataset['state'] = state;
  verdict.replaceChildren(make('h2', word), make('p', visible(text)));
}
