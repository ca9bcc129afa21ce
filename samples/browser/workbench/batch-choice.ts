import { ALPHABETS, type FormatOptions, PRESETS } from 'keywright';
import { find, make } from '../element.js';

/** What the form says. */
export interface BatchChoice {
  readonly spec: string;
  readonly options: FormatOptions;
  /** NaN where no whole number is written. */
  readonly count: number;
  /** Whether keys may differ in case alone. */
  readonly exact: boolean;
}

type Scheme = NonNullable<FormatOptions['checkCharacter']>;
const SCHEMES: Readonly<Record<Scheme, string>> = {
  auto: 'yes, what fits the alphabet',
  luhn: 'luhn, for digits',
  'luhn-mod-n': 'luhn-mod-n',
  'iso7064-mod37-36': 'iso7064-mod37-36, for base36',
  damm: 'damm, for 10 or 32 symbols',
};
const OWN = 'own';

export const spec = find('spec', HTMLInputElement);
const alphabet = find('alphabet', HTMLSelectElement);
const symbols = find('symbols', HTMLInputElement);
const prefix = find('prefix', HTMLInputElement);
const suffix = find('suffix', HTMLInputElement);
const scheme = find('scheme', HTMLSelectElement);
const size = find('size', HTMLInputElement);
const exact = find('exact', HTMLInputElement);

/** The field that an option of the library stands in. */
export const FIELDS: Readonly<Record<string, HTMLElement>> = {
  alphabet,
  prefix,
  suffix,
  checkCharacter: scheme,
  count: size,
};

/** Puts names of the library into the form. */
export function offerNames(): void {
  for (const { name } of PRESETS) {
    const button = make('button', name, { type: 'button' });
    button.addEventListener('click', () => setSpec(name));
    find('presets', HTMLElement).append(button);
  }
  for (const name of Object.keys(ALPHABETS)) alphabet.append(make('option', name, { value: name }));
  alphabet.append(make('option', 'my own symbols', { value: OWN }));
  for (const [name, words] of Object.entries(SCHEMES)) scheme.append(make('option', words, { value: name }));
}

/** Writes a format, as if it were typed. */
export function setSpec(text: string): void {
  spec.value = text;
  spec.dispatchEvent(new Event('input', { bubbles: true }));
}

export function readChoice(): BatchChoice {
  const own = alphabet.value === OWN;
  find('own-symbols', HTMLElement).hidden = !own;
  const named = Object.keys(SCHEMES).find((name): name is Scheme => name === scheme.value);
  const options = {
    ...(alphabet.value !== '' && { alphabet: own ? symbols.value : alphabet.value }),
    ...(prefix.value !== '' && { prefix: prefix.value }),
    ...(suffix.value !== '' && { suffix: suffix.value }),
    ...(named !== undefined && { checkCharacter: named }),
  };
  const digits = size.value.replaceAll(/[\s,_]/g, '');
  const count = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  return { spec: spec.value, options, count, exact: exact.checked };
}
