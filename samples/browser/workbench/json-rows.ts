import { UnreadableList } from './list-text.js';

/** An element of a JSON list. */
export interface JsonRow {
  readonly line: number;
  readonly value: unknown;
  readonly end: number;
}

/**
 * The elements of a JSON array, or the values of JSON Lines, each with its line.
 *
 * @throws {UnreadableList} for what is neither.
 */
export function* jsonRows(text: string): Generator<JsonRow> {
  const begin = text.search(/\S/);
  const isArray = text[begin] === '[';
  let at = isArray ? begin + 1 : begin;
  let line = 1 + linesIn(text, 0, at);
  for (;;) {
    const start = skipBlank(text, at);
    line += linesIn(text, at, start);
    if (start >= text.length) {
      if (isArray) throw new UnreadableList('is a JSON array that nothing closes: it is cut off');
      return;
    }
    if (isArray && text[start] === ']') {
      if (skipBlank(text, start + 1) < text.length) {
        throw new UnreadableList(`has text behind its JSON array, in line ${line}: remove it`);
      }
      return;
    }
    const end = isArray ? elementEnd(text, start) : lineEnd(text, start);
    yield { line, value: parse(text.slice(start, end), line, isArray), end };
    line += linesIn(text, start, end);
    at = skipBlank(text, end);
    line += linesIn(text, end, at);
    if (isArray && text[at] === ',') {
      at++;
      if (text[skipBlank(text, at)] === ']') throw new UnreadableList(`has a comma too many in line ${line}`);
    } else if (isArray && text[at] !== ']' && at < text.length) {
      throw new UnreadableList(`is no JSON in line ${line}: a comma is missing`);
    }
  }
}

function parse(text: string, line: number, isArray: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = isArray ? 'mend it' : 'give an array, or an object a line';
    throw new UnreadableList(`is no JSON in line ${line}: ${hint}`, { cause: error });
  }
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

/** Where the element ends that begins there: at a comma or bracket outside of strings and other brackets. */
function elementEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
    } else if (character === '[' || character === '{') {
      depth++;
    } else if (character === ']' || character === '}') {
      if (depth === 0) return at;
      depth--;
    } else if (character === ',' && depth === 0) {
      return at;
    }
  }
  return text.length;
}

/** Where the quote stands that closes the string. */
function stringEnd(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
