import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markdownIn, pages, ROOT, readPage } from './pages.js';

const PAGES = [
  ...pages(),
  ...markdownIn('docs/cli'),
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'test/bench/README.md',
];

describe.each(PAGES)('%s', (path) => {
  it('links to what is there', () => {
    const broken = linksOf(readPage(path)).filter((link) => !leadsSomewhere(path, link));
    expect(broken).toStrictEqual([]);
  });
});

it('every page of docs is reached from README.md', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    const links = linksOf(readPage(path)).map((link) =>
      normalize(join(dirname(path), link.split('#')[0] ?? '')),
    );
    for (const link of links) if (link.endsWith('.md') && existsSync(join(ROOT, link))) reached.add(link);
  }
  expect([...markdownIn('docs')].filter((path) => !reached.has(path))).toStrictEqual([]);
});

describe('docs/security.md', () => {
  const promises = readPage('docs/security.md')
    .split('\n')
    .filter((line) => /`test\//.test(line));

  it('names a test for each promise', () => {
    expect(promises.length).toBeGreaterThan(20);
  });

  it.each(promises)('%s', (line) => {
    const files = [...line.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toStrictEqual([]);
  });
});

describe('docs/vendors', () => {
  const rows = markdownIn('docs/vendors').flatMap((path) =>
    readPage(path)
      .split('\n')
      .filter((line) => /^\| .* \| `[\w/-]+\.test\.ts`: /.test(line))
      .map((line) => ({ path, cell: line.split('|').at(-2)?.trim() ?? '' })),
  );

  it('names five tests a vendor', () => {
    expect(new Set(rows.map(({ path }) => path)).size).toBe(4);
    expect(rows).toHaveLength(20);
  });

  it.each(rows)('$path: $cell', ({ cell }) => {
    const [file = '', name = ''] = cell.replaceAll('`', '').split(': ');
    const text = readPage(`test/core/vendors/${file}`);
    const titles = [...text.matchAll(/\b(?:describe|it)\b[^'`"]*(['`"])(.*?)\1/g)].map(
      ([, , title = '']) => title,
    );
    // Of tests that run for each vendor, the vendor's name stands in the table they run over.
    const names = [...titles, ...[...text.matchAll(/^ {2}(\w+): \{/gm)].map(([, vendor = '']) => vendor)];
    expect(names.filter((title) => title.includes(name))).not.toEqual([]);
  });
});

/** The relative links of a page. */
function linksOf(page: string): readonly string[] {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(readPage(target)).includes(anchor);
}

/** What GitHub calls a page's headings. */
function anchorsOf(page: string): readonly string[] {
  return [...page.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
