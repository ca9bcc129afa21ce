import { SEPARATORS } from './alphabet.js';
import type { Position } from './position.js';

/** The positions as a regex without anchors; equal neighbours become one item with a repeat. */
export function regexText(positions: readonly Position[]): string {
  return repeated(positions.map(positionRegex), (item, times) => `${item}{${times}}`);
}

function positionRegex(position: Position): string {
  if (position.kind === 'time') return '[0-9a-f]';
  if (position.kind === 'slot') return classText(position.symbols);
  return position.character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

/** The positions in mask notation, slots as classes. */
export function maskText(positions: readonly Position[]): string {
  const items = positions.map((position) => {
    if (position.kind === 'slot') return classText(position.symbols);
    return position.kind === 'literal' ? maskLiteral(position.character) : '';
  });
  return repeated(items, (item, times) => `${item}{${times}}`);
}

/** `character` as a mask spells that literal. */
export function maskLiteral(character: string): string {
  return SEPARATORS.includes(character) ? character : `\\${character}`;
}

/** A mask for people: literals as they are typed, `ALP-XXXXX` for `\\A\\L\\P-XXXXX`. It may read as another mask. */
export function shownMask(mask: string): string {
  return mask.replace(
    /(\[(?:\\.|[^\\\]])*\])|\\(.)/gu,
    (_, symbols?: string, literal?: string) => symbols ?? literal ?? '',
  );
}

function repeated(items: readonly string[], repeat: (item: string, times: number) => string): string {
  let text = '';
  for (let index = 0; index < items.length; ) {
    const item = items[index] ?? '';
    let times = 1;
    while (items[index + times] === item) times++;
    text += times === 1 || item.length * times <= 3 ? item.repeat(times) : repeat(item, times);
    index += times;
  }
  return text;
}

/** Symbols as a bracketed class, in their order, runs of three and more as ranges. */
export function classText(symbols: string): string {
  let text = '';
  for (let index = 0; index < symbols.length; ) {
    let end = index + 1;
    while (end < symbols.length && symbols.charCodeAt(end) === symbols.charCodeAt(end - 1) + 1) end++;
    const [first = '', last = ''] = [symbols[index], symbols[end - 1]];
    text +=
      end - index > 2
        ? `${classSymbol(first)}-${classSymbol(last)}`
        : [...symbols.slice(index, end)].map(classSymbol).join('');
    index = end;
  }
  return `[${text}]`;
}

function classSymbol(symbol: string): string {
  return /[\\\]^[]/.test(symbol) ? `\\${symbol}` : symbol;
}
