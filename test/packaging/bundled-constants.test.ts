import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

const dist = resolve(import.meta.dirname, '../../dist');
const modules = ['core', 'node', 'cli'].flatMap((room) =>
  readdirSync(join(dist, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(dist, room, name), 'utf8')),
);
const command = join(dist, 'command');
const bundles = readdirSync(command).map((name) => readFileSync(join(command, name), 'utf8'));

/** The constants of modules that are numbers, as a minifier spells their values. */
function constants(beginning: string): readonly string[] {
  const pattern = new RegExp(`^${beginning} \\w+ = (-?\\d[^;'"\`/()]*);$`, 'gm');
  const sums = modules.flatMap((text) => [...text.matchAll(pattern)].map(([, sum = '']) => sum));
  const found = sums.flatMap((sum) => {
    const value: unknown = /[a-z]\w{2}/i.test(sum.replaceAll(/0x\w+/gi, '0'))
      ? undefined
      : runInNewContext(sum);
    if (typeof value !== 'bigint' && typeof value !== 'number') return [];
    const text = typeof value === 'bigint' ? `${value}n` : String(value);
    return transformSync(`x=${text}`, { minify: true }).code.trim().slice(2, -1);
  });
  return [...new Set(found)];
}

describe('the bundles of the command', () => {
  const others = constants('export const');
  // A shorter one stands anywhere.
  const own = constants('const').filter((value) => value.length >= 6 || value.endsWith('n'));

  it('hold the constants of modules as literals, a BigInt as one', () => {
    expect(own.length).toBeGreaterThan(10);
    expect(own).toEqual(expect.arrayContaining(['1000n', '262144', `${2n ** 60n}n`]));
    for (const value of own) {
      expect(
        bundles.some((text) => new RegExp(`(?<![\\w.])${value}(?![\\w.])`).test(text)),
        value,
      ).toBe(true);
    }
  });

  it('hold no variable in the place of one: V8 would take it for anything in inner loops', () => {
    for (const value of own.filter((each) => !others.includes(each))) {
      const variable = new RegExp(`[\\w$]+=${value}(?=[,;])`);
      expect(bundles.map((text) => variable.exec(text)?.[0]).filter((each) => each !== undefined)).toEqual(
        [],
      );
    }
  });
});
