import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { CaseRule } from '../../../src/core/dedupe/case-rule.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import type { RandomSource } from '../../../src/core/random/random-source.js';
import type { Finding } from '../../../src/node/dedupe/report/options.js';

/** A hash that takes its secret from here is the exclusive or of all bytes: keys are full of collisions. */
export const weakRandom: RandomSource = { fill: (bytes) => void bytes.fill(0) };

/** A list: its keys, and the line of each. */
export interface List {
  readonly name: string;
  readonly content: Buffer;
  readonly keys: readonly { readonly key: string; readonly line: number }[];
}

const key = fc.oneof(
  {
    arbitrary: fc
      .string({ unit: fc.constantFrom(...'ABab01-'), minLength: 1, maxLength: 4 })
      // A dash alone says that there is no key.
      .filter((text) => text !== '-'),
    weight: 6,
  },
  fc.constantFrom(
    '---',
    'ＡＢ',
    'A B',
    'Q'.repeat(70),
    'q'.repeat(70),
    'Ab-'.repeat(30),
    `R${'-R'.repeat(600)}`,
  ),
);

const writers: Readonly<Record<string, (keys: readonly string[]) => readonly [text: string, first: number]>> =
  {
    'text.txt': (keys) => [keys.map((text) => `${text}\n`).join(''), 1],
    'crlf.txt': (keys) => [`\ufeff${keys.join('\r\n')}`, 1],
    'blanks.txt': (keys) => [`\n${keys.map((text) => ` ${text}\t\n`).join('')}`, 2],
    'list.csv': (keys) => [`id,key\n${keys.map((text, id) => `${id},"${text}"\n`).join('')}`, 2],
    'list.json': (keys) => [JSON.stringify(keys.map((text, id) => ({ id, key: text }))), 1],
    'list.jsonl': (keys) => [keys.map((text) => `${JSON.stringify({ key: text })}\n`).join(''), 1],
  };

/** A list of some kind with random keys, gzipped now and then. */
export const someList: fc.Arbitrary<List> = fc
  .tuple(
    fc.constantFrom(...Object.keys(writers)),
    fc.array(key, { minLength: 1, maxLength: 30 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([name, texts, gzip]) => {
    const [text, first] = writers[name]?.(texts) ?? ['', 1];
    const content = gzip === 0 ? gzipSync(text) : Buffer.from(text);
    return { name, content, keys: texts.map((each, index) => ({ key: each, line: first + index })) };
  });

/** What is to be found. */
export interface Wanted {
  readonly kept: readonly string[];
  readonly findings: readonly Finding[];
  readonly known: number;
  readonly duplicates: number;
  readonly spellings: number;
  readonly cases: number;
}

/** The same with a Map; `paths` name the lists. */
export function reference(
  lists: readonly List[],
  against: readonly List[],
  paths: (list: List) => string,
  rule: CaseRule,
): Wanted {
  const exact = rule === 'exact';
  const compared = (text: string) => (exact ? text : canonicalForm(text) || text);
  const first = new Map<string, { path: string; line: number; key: string; known: boolean }>();
  const kept: string[] = [];
  const findings: Finding[] = [];
  let [known, duplicates, spellings, cases] = [0, 0, 0, 0];
  for (const list of [...against, ...lists]) {
    const isAgainst = against.includes(list);
    for (const { key: text, line } of list.keys) {
      const seen = first.get(compared(text));
      const path = paths(list);
      if (seen === undefined) first.set(compared(text), { path, line, key: text, known: isAgainst });
      if (isAgainst) continue;
      const problem = oddity(text, exact);
      if (problem !== undefined) findings.push({ kind: 'invalid', path, line, key: text, problem });
      if (seen === undefined) {
        kept.push(text);
        continue;
      }
      const differs = seen.key !== text;
      const isQuestion = rule === 'ask' && differ(seen.key, text);
      if (isQuestion) cases++;
      else if (seen.known) known++;
      else duplicates++;
      if (differs && !isQuestion) spellings++;
      const place = { path: seen.path, line: seen.line };
      findings.push({
        kind: isQuestion ? 'case' : seen.known ? 'known' : 'duplicate',
        path,
        line,
        key: text,
        first: place,
        differs,
      });
    }
  }
  return { kept, findings, known, duplicates, spellings, cases };
}

/** Whether two spellings differ in case beyond separators and width, and one of them mixes both cases. */
function differ(a: string, b: string): boolean {
  const [bareA = '', bareB = ''] = [a, b].map((text) => text.normalize('NFKC').replaceAll(/[- ]/g, ''));
  const mixes = (text: string) => text !== text.toUpperCase() && text !== text.toLowerCase();
  return bareA !== bareB && (mixes(bareA) || mixes(bareB));
}

function oddity(text: string, exact: boolean): string | undefined {
  if (canonicalForm(text) === '') return 'it holds nothing but separators';
  const stranger = /[^\x20-\x7e]/u.exec(exact ? text : canonicalForm(text))?.[0].codePointAt(0);
  if (stranger === undefined) return undefined;
  return `it holds U+${stranger.toString(16).toUpperCase().padStart(4, '0')}, which is no character of license keys`;
}
