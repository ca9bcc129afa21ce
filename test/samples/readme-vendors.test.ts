import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The README's table of vendors: each row its name, then "`file`: the tests' name" in five cells. */
const rows = (readFileSync('README.md', 'utf8').split('## License servers\n')[1] ?? '')
  .split(/^## /m)[0]
  ?.split('\n')
  .filter((line) => /^\| [^|]+\|( `[\w-]+\.test\.ts`: [^|]+\|){5}$/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the table of license servers in README.md', () => {
  it('has all four', () => {
    expect(rows?.map((row) => row[1])).toEqual(['Cryptlex', 'GetKeyManager', 'Lukittu', 'Solifyn']);
  });

  it.each((rows ?? []).flatMap((row) => row.slice(2, 7)))('names tests that are there: %s', (cell) => {
    const [file = '', name = ''] = cell.replaceAll('`', '').split(': ');
    const text = readFileSync(`test/core/vendors/${file}`, 'utf8');
    const titles = [...text.matchAll(/\b(?:describe|it)\b[^'`"]*(['`"])(.*?)\1/g)].map(
      ([, , title = '']) => title,
    );
    // Of tests that run for each vendor, the vendor's name stands in the table they run over.
    const names = [...titles, ...[...text.matchAll(/^ {2}(\w+): \{/gm)].map(([, vendor = '']) => vendor)];
    expect(names.filter((title) => title.includes(name))).not.toEqual([]);
  });
});
