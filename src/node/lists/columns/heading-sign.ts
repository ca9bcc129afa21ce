import { shapeOf } from './column-evidence.js';
import { namesKey } from './key-names.js';
import { oddsOfWord, ways } from './word-odds.js';

/** What lists of keys are called, in part of a word, and what no key has by chance. */
const OF_KEYS =
  /keys|codes?|licen[cs]|lizenz|serial|serien|voucher|coupon|gutschein|schl(?:ue|u)ssel|activat|aktivier|freischalt|redeem|keylist/i;
const OF_LISTS =
  /list[ae]?|tabelle|feuil|hoja|batch|export|import|product|produkt|produit|order|delivery|customer|account|number|nummer|column|spalte|value|title|steam|promo|token|spring|summer|winter|office|windows|sheet|untitled|januar|februar|april|august|september|o[ck]tober|november|de[cz]ember/i;
const YEAR = /^\p{L}{4,}[-_ .]?(?:19|20)\d\d\p{L}?$|(?:19|20)\d\d-(?:0[1-9]|1[0-2])$/u;
const CAPITALISED = /(?<!\p{L})\p{Lu}\p{Ll}{2,}/u;
/** What comes by chance in fewer lists is no chance. */
const RARE = 1e-5;
/** What comes by chance as often may be a word. */
const MAYBE_WORD = 0.1;
/** Of fewer letters and digits nothing is told by those that are not among them. */
const FEWEST_SYMBOLS = 150;
/** From so many letters and digits on, one that is not among them is none of the keys'. */
const ENOUGH_SYMBOLS = 720;
/** Where keys mix letters with digits, so many of them show where they have which. */
const ENOUGH_MIXED = 8;

/** Whether what stands above keys of one shape, in the same shape or with as many symbols, is plainly none of them. */
export function isOddAmong(first: string, others: readonly string[]): boolean {
  if (others.length === 0) return false;
  return (
    hasOwnTitle(first, others) ||
    hasOwnSymbols(first, others) ||
    hasOwnKinds(first, others) ||
    hasOwnWord(first, others)
  );
}

/** Whether it says as a title does what stands below: by a name, a year, or small letters behind a capital where the others have but one of both. */
export function hasOwnTitle(first: string, others: readonly string[]): boolean {
  if (hasOwnName(first, others) || hasOwn(OF_LISTS, first, others) || hasOwn(YEAR, first, others))
    return true;
  const have = (pattern: RegExp) => others.some((other) => pattern.test(other));
  return CAPITALISED.test(first) && !(have(/\p{Ll}/u) && have(/\p{Lu}/u));
}

/** Whether part of it names keys, as of `CODE-0001` or `CODES2026A`, and none of the others has that. */
export function hasOwnName(first: string, others: readonly string[]): boolean {
  if (hasOwn(OF_KEYS, first, others)) return true;
  const nameOf = (group: string) => group.replace(/\d+$/, '');
  return groupsOf(first)
    .map(nameOf)
    .some(
      (name) =>
        // A few letters, as in `SN22`, come by chance.
        /^(?:\p{L}{4}|key)/iu.test(name) &&
        namesKey(name) &&
        !others.some((other) => groupsOf(other).some((group) => nameOf(group) === name)),
    );
}

function hasOwn(pattern: RegExp, first: string, others: readonly string[]): boolean {
  const found = pattern.exec(first)?.[0].toUpperCase();
  if (found === undefined) return false;
  // After letters that begin them all, any four digits may be a year; and a year may stand in all.
  if (pattern === YEAR) {
    const year = /(?:19|20)\d\d/.exec(found)?.[0] ?? '';
    return !others.some(
      (other) => pattern.test(other) || other.includes(year) || lettersBefore(other) === lettersBefore(first),
    );
  }
  return !others.some((other) => other.toUpperCase().includes(found));
}

function lettersBefore(text: string): string {
  return /^\p{L}*/u.exec(text)?.[0].toUpperCase() ?? '';
}

/** Whether letters or digits of it are not among theirs, and that is no chance: by how many of theirs stand there once (Good and Turing). */
function hasOwnSymbols(first: string, others: readonly string[]): boolean {
  const counts = new Map<string, number>();
  const all = symbolsOf(others.join(''));
  for (const symbol of all) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const symbols = [...symbolsOf(first)];
  const own = symbols.filter((symbol) => !counts.has(symbol)).length;
  if (own > 0 && all.length >= ENOUGH_SYMBOLS) return true;
  const once = [...counts.values()].filter((count) => count === 1).length;
  const chance = ((once + 1) / (all.length + 1)) ** own;
  return own > 0 && all.length >= FEWEST_SYMBOLS && chance * ways(symbols.length, own) < RARE;
}

/** Whether it has letters where all of them have digits, or digits where they have letters, and that is no chance. */
function hasOwnKinds(first: string, others: readonly string[]): boolean {
  const alike = others.filter((other) => shapeOf(other) === shapeOf(first)).map(symbolsOf);
  const areMixed = /\p{N}/u.test(alike.join('')) && /\p{L}/u.test(alike.join(''));
  if (alike.length < (areMixed ? ENOUGH_MIXED : 3)) return false;
  const digits = digitShare(alike);
  let [chance, own] = [1, 0];
  const symbols = symbolsOf(first);
  for (const [at, symbol] of [...symbols].entries()) {
    const isDigit = /\p{N}/u.test(symbol);
    if (alike.some((other) => /\p{N}/u.test(other[at] ?? '') === isDigit)) continue;
    const [theirs, its] = isDigit ? [1 - digits, digits] : [digits, 1 - digits];
    chance *= theirs ** alike.length * its;
    own++;
  }
  return own > 0 && chance * ways(symbols.length, own) < RARE;
}

/** Whether a word stands in it, or one in other capitals, as in none of them, and that is no chance. */
function hasOwnWord(first: string, others: readonly string[]): boolean {
  const digits = digitShare(others.map(symbolsOf));
  const all = others.join('');
  const capitals = (capitalsOf(all) + 0.5) / (capitalsOf(all) + smallOf(all) + 1);
  const odds = (text: string) => {
    const word = oddsOfWord(text, digits);
    return word < MAYBE_WORD ? word * oddsOfCase(text, capitals) : word;
  };
  return odds(first) < RARE && !others.some((other) => odds(other) < 100 * RARE);
}

/** How likely letters at random have such a case as those of the text, `capitals` being the share of these. */
function oddsOfCase(text: string, capitals: number): number {
  const [large, small] = [capitalsOf(text), smallOf(text)];
  return Math.min(1, ways(large + small, large) * capitals ** large * (1 - capitals) ** small);
}

function capitalsOf(text: string): number {
  return text.match(/\p{Lu}/gu)?.length ?? 0;
}

function smallOf(text: string): number {
  return text.match(/\p{Ll}/gu)?.length ?? 0;
}

function digitShare(symbols: readonly string[]): number {
  const all = symbols.join('');
  return ((all.match(/\p{N}/gu)?.length ?? 0) + 0.5) / (all.length + 1);
}

function symbolsOf(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function groupsOf(cell: string): readonly string[] {
  return cell.split(/[^\p{L}\p{N}]+/u).filter((group) => group !== '');
}
