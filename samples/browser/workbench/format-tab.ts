import {
  collisionOdds,
  generateKeys,
  isKeywrightError,
  type KeyFormat,
  largestSensibleBatch,
  parseFormat,
  planBatch,
  secondsToGuess,
} from 'keywright';
import { FEWEST_BITS } from '../../../dist/core/format/capacity.js';
import { find, make } from '../element.js';
import { type BatchChoice, FIELDS, offerNames, readChoice, setSpec, spec } from './batch-choice.js';
import { durationWords, numberWords, oddsWords } from './figure-words.js';
import { oddsPlot } from './odds-plot.js';
import { sizeScale } from './odds-scale.js';
import { shellCommand } from './shell-command.js';

const form = find('format-form', HTMLFormElement);
const answer = find('format-answer', HTMLElement);
const verdict = find('format-verdict', HTMLElement);
const plot = find('plot', HTMLElement);
const EXAMPLES = 10;

/** What is shown; undefined while the form has no format. */
let shown: { readonly format: KeyFormat; readonly choice: BatchChoice } | undefined;

/** The format that the form describes; undefined while it describes none. */
export function chosenFormat(): KeyFormat | undefined {
  return shown?.format;
}

export function startFormatTab(changed: () => void): void {
  offerNames();
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => {
    update();
    changed();
  });
  find('redraw', HTMLButtonElement).addEventListener('click', () => {
    if (shown !== undefined) showExamples(shown.format);
  });
  find('copy', HTMLButtonElement).addEventListener('click', copyCommand);
  new ResizeObserver(drawPlot).observe(plot);
  update();
}

function update(): void {
  for (const field of [spec, ...Object.values(FIELDS)]) field.removeAttribute('aria-invalid');
  const choice = readChoice();
  shown = undefined;
  try {
    const format = parseFormat(choice.spec, choice.options);
    if (Number.isNaN(choice.count) || choice.count < 1) {
      refuse('The batch size is a whole number from 1 on.', find('size', HTMLInputElement));
    } else {
      shown = { format, choice };
      show(format, choice);
    }
  } catch (error) {
    if (!isKeywrightError(error)) throw error;
    const suggestion = isKeywrightError(error, 'invalid_format') ? error.details.suggestion : undefined;
    const isAlphabet = isKeywrightError(error, 'invalid_alphabet') && choice.options.alphabet !== undefined;
    const option = suggestion === undefined ? (isAlphabet ? 'alphabet' : error.details.option) : undefined;
    const field = isKeywrightError(error, 'no_check_character') ? 'checkCharacter' : option;
    refuse(sentence(error.message), FIELDS[field ?? ''] ?? spec, suggestion);
  }
}

function refuse(text: string, field: HTMLElement, suggestion?: string): void {
  answer.hidden = true;
  field.setAttribute('aria-invalid', 'true');
  say('refused', 'No format yet', [text]);
  if (suggestion === undefined) return;
  const button = make('button', `Use ${suggestion}`, { type: 'button' });
  button.addEventListener('click', () => {
    setSpec(suggestion);
    spec.focus();
  });
  verdict.append(button);
}

function show(format: KeyFormat, choice: BatchChoice): void {
  answer.hidden = false;
  const { check, capacity } = format;
  tell('fact-mask', format.mask);
  tell('fact-regex', format.regex.source);
  tell('fact-length', `${format.length} characters`);
  tell('fact-entropy', `${format.entropyBits.toFixed(1)} bits`);
  tell('fact-capacity', `${numberWords(capacity)} keys`);
  tell('fact-check', check === undefined ? 'none' : `the last symbol, by ${check.algorithm.name}`);
  find('secret-hint', HTMLElement).hidden = format.entropyBits >= FEWEST_BITS;
  showExamples(format);
  judge(format, choice);
  drawPlot();
  showTable(format, choice.count);
}

function showExamples(format: KeyFormat): void {
  const half = Number(format.capacity / 2n);
  const keys = generateKeys(format, Math.min(EXAMPLES, half), { now: new Date(), exact: true });
  const place = find('examples', HTMLElement);
  place.style.setProperty('--key-width', `${format.length}ch`);
  place.replaceChildren(...keys.map((key) => make('li', key)));
}

/** Says whether the batch may be and is sensible, and which command makes it. */
function judge(format: KeyFormat, choice: BatchChoice): void {
  const { count, exact } = choice;
  const copy = find('copy', HTMLButtonElement);
  let isAmbiguous = false;
  try {
    const { warnings } = planBatch(format, count, { exact });
    find('command', HTMLElement).textContent = shellCommand(choice);
    copy.hidden = false;
    praise(format, count, warnings);
  } catch (error) {
    if (!isKeywrightError(error)) throw error;
    isAmbiguous = isKeywrightError(error, 'ambiguous_case');
    find('command', HTMLElement).textContent = 'None: this batch would be refused.';
    copy.hidden = true;
    say('refused', 'This batch is refused', [sentence(error.message)]);
  }
  find('exact-row', HTMLElement).hidden = !exact && !isAmbiguous;
}

function praise({ capacity }: KeyFormat, count: number, warnings: readonly string[]): void {
  const sensible = largestSensibleBatch(capacity);
  const keys = count === 1 ? '1 key' : `${numberWords(count)} keys`;
  const guessing = `${count === 1 ? 'It' : `One of ${keys}`} is guessed in ${durationWords(secondsToGuess(count, capacity))}, at 100 guesses a second.`;
  const texts = [guessing, ...warnings.map(sentence)];
  if (count <= sensible) {
    const isGood = warnings.length === 0;
    const words = isGood ? 'a sensible batch' : 'sensible where guesses are limited';
    say(isGood ? 'good' : 'open', `${keys}: ${words}`, texts);
    return;
  }
  const most =
    sensible === 0
      ? 'No batch of this format is sensible'
      : `Up to ${numberWords(sensible)} are sensible, so that guessing one takes a year`;
  const way = `${most}: lengthen the format, or have the server limit guesses.`;
  say('open', `${keys}: too easily guessed`, [way, ...texts]);
}

function drawPlot(): void {
  if (shown === undefined || plot.clientWidth === 0) return;
  plot.replaceChildren(oddsPlot(shown.format, shown.choice.count, plot.clientWidth));
}

function showTable({ capacity }: KeyFormat, count: number): void {
  const sensible = largestSensibleBatch(capacity);
  const sizes = new Map<number, string>();
  for (let power = 0; power <= sizeScale(capacity, count).high; power++) sizes.set(10 ** power, '');
  if (sensible > 0 && sensible < Number.MAX_SAFE_INTEGER) sizes.set(sensible, 'the largest sensible batch');
  sizes.set(count, count === sensible ? 'this batch, the largest sensible one' : 'this batch');
  const rows = [...sizes]
    .toSorted(([a], [b]) => a - b)
    .map(([size, note]) =>
      make('tr', [
        make('th', note === '' ? numberWords(size) : `${numberWords(size)} (${note})`, { scope: 'row' }),
        make('td', oddsWords(collisionOdds(size, capacity))),
        make('td', durationWords(secondsToGuess(size, capacity))),
      ]),
    );
  find('figures', HTMLElement).replaceChildren(...rows);
}

async function copyCommand(): Promise<void> {
  const button = find('copy', HTMLButtonElement);
  const command = find('command', HTMLElement);
  try {
    await navigator.clipboard.writeText(command.textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(command);
    button.textContent = 'Selected: press Ctrl C';
  }
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2000);
}

function say(state: 'good' | 'open' | 'refused', word: string, texts: readonly string[]): void {
  verdict.dataset['state'] = state;
  verdict.replaceChildren(make('h2', word), ...texts.map((text) => make('p', text)));
}

function tell(id: string, text: string): void {
  find(id, HTMLElement).textContent = text;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
