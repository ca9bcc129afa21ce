import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** A file of a room, by its path from there. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** An `@example` of a doc comment. */
export interface Example {
  readonly title: string;
  readonly lines: readonly string[];
  /** The source it stands in. */
  readonly path?: string;
}

export function sourcesOf(room: string): readonly Source[] {
  return readdirSync(resolve(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(resolve(ROOT, room, path), 'utf8') }));
}

export function examplesIn({ path, text }: Source): readonly Example[] {
  return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap((comment) => {
    const line = text.slice(0, comment.index).split('\n').length;
    const bare = comment[0].replace(/^\/\*\*|\s*\*\/$/g, '').replaceAll(/^[ \t]*\* ?/gm, '');
    const blocks = bare.split(/^@example\b.*$/m).slice(1);
    return blocks.map((block) => ({
      title: `${path}, comment of line ${line}`,
      path,
      lines:
        block
          .split(/^@\w/m)[0]
          ?.split('\n')
          .filter((text) => text.trim() !== '' && !text.startsWith('```')) ?? [],
    }));
  });
}

/** The doc comments of the functions and classes of that name, empty where there is none. */
export function commentsOf(name: string, sources: readonly Source[]): readonly string[] {
  const declared = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[^])*\\*/)?\\nexport (?:async )?(?:function\\*?|class) ${name}\\b`,
  );
  return sources.flatMap(({ text }) => {
    const found = declared.exec(text);
    return found === null ? [] : [found[1] ?? ''];
  });
}

/** Runs an example with `scope` in reach, and holds each `expression; // value` against what it comes to. */
export async function runExample(example: Example, scope: Readonly<Record<string, unknown>>): Promise<void> {
  const { body, values } = instrumented(example);
  const seen = new Map<number, unknown>();
  const names = Object.keys(scope);
  const call = new Function(...names, '__saw', `'use strict';\nreturn (async () => {\n${body}\n})();`);
  await call(...Object.values(scope), (index: number, value: unknown) => seen.set(index, value));
  for (const [index, value] of values.entries()) {
    expect(seen.has(index), `the line that ends in "// ${value}" was never reached`).toBe(true);
    const actual = inspect(seen.get(index), { depth: 5 });
    if (value.endsWith('…'))
      expect(actual.startsWith(value.slice(0, -1)), `${actual} should begin as ${value}`).toBe(true);
    else expect(actual).toBe(inspect(new Function(`return ${value}`)(), { depth: 5 }));
  }
}

const VALUE =
  /^(\s*(?:if \(.*\) )?)(.+); \/\/ ('[^']*'|-?[\d_.]+(?:e-?\d+)?n?…?|true|false|null|undefined|\[.*\])(?=$|[:,;] )/;

function instrumented({ lines }: Example): { readonly body: string; readonly values: readonly string[] } {
  const values: string[] = [];
  const body = lines.map((line) => {
    const [, before, expression, value] = VALUE.exec(line) ?? [];
    if (expression === undefined || value === undefined) return line;
    values.push(value);
    return `${before}__saw(${values.length - 1}, (${expression}));`;
  });
  return { body: body.join('\n'), values };
}
