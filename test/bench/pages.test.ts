import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { growthChart } from './chart.js';
import { ledgerTable } from './ledger-table.js';
import { writeLines } from './lines.js';
import { measure } from './measure.js';
import { PAGES, readResults, withFigures } from './pages.js';

it('the figures of README.md and docs/speed.md are those of results.json', () => {
  const [readme = '', speed = ''] = PAGES.map((page) => readFileSync(page, 'utf8'));
  expect(readme).toMatch(/<!-- headline -->\n[0-9]/);
  for (const mark of [
    'start',
    'bench',
    'dedupe',
    'growth',
    'ledger',
    'signing',
    'revocations',
    'sealing',
    'sending',
  ]) {
    expect(speed).toMatch(new RegExp(`<!-- ${mark} -->\n.+`));
  }
  for (const page of [readme, speed]) expect(page).toBe(withFigures(page, readResults()));
});

it('puts each table between its own marks, and leaves a page without marks alone', () => {
  const results = { signing: readResults().signing };
  const page = 'a\n<!-- signing -->\nold\n<!-- /signing -->\nb';
  const filled = withFigures(page, results);
  expect(filled).toMatch(
    /^a\n<!-- signing -->\n\| 100,000 payloads \|[\s\S]*\| sign: keywright \|[\s\S]*\n<!-- \/signing -->\nb$/,
  );
  expect(withFigures(filled, results)).toBe(filled);
  expect(withFigures('no marks', results)).toBe('no marks');
  expect(withFigures(page, {})).toBe(page);
});

describe('what deduplicating comes to', () => {
  const run = (wall: number, rss: number | null) => ({ wall, cpu: wall, rss, bytes: 27e6 });
  const contenders = [
    { name: 'keywright dedupe', run: run(1, 2e8) },
    { name: 'sort -u', run: run(4, 8e8) },
    { name: "awk '!seen[$0]++'", run: run(10, null) },
    { name: 'readline + Set', run: run(8, 9e8) },
    { name: 'DuckDB SELECT DISTINCT', run: run(1.25, 1e9) },
  ];
  const late = contenders.map((one) =>
    one.name === 'readline + Set'
      ? { name: one.name, run: null, why: 'failed: RangeError: Set maximum size exceeded' }
      : one,
  );
  const machine = { cpu: 'a processor', cores: 2, node: '20.0.0' };
  const sizes = [
    { count: 10_000_000, contenders },
    { count: 100_000_000, contenders: late },
  ];
  const results = {
    dedupe: { machine, runs: 3, sizes, loading: { count: 1e7, run: run(2.5, 1e8) } },
    growth: { machine, runs: 1, sizes },
  };

  it('is told as ratios of the largest size that all finished, and as tables', () => {
    const page = '<!-- dedupe -->\n<!-- /dedupe -->\n<!-- growth -->\n<!-- /growth -->';
    const filled = withFigures(page, results);
    expect(filled).toContain(
      '10 million lines, one in ten repeated, in 0.25 of the time of `LC_ALL=C sort -u`',
    );
    expect(filled).toContain("and\n0.10 of `awk '!seen[$0]++'` in 200 MB, order kept");
    expect(filled).toContain("0.13 of readline's with a `Set`, and 0.80 of DuckDB's");
    expect(filled).toContain('| 100,000,000 lines | wall time |');
    expect(filled).toContain('| readline + Set | failed: RangeError: Set maximum size exceeded |');
    expect(filled).toContain('10 million keys takes `generate` 2.5 s of CPU time');
    expect(filled).toContain('| 10,000,000 | 1.00 s, 200 MB | 4.00 s, 800 MB | 10.00 s | 8.00 s, 900 MB |');
    expect(filled).toContain('2 cores, Node 20.0.0, one run.');
    expect(withFigures(filled, results)).toBe(filled);
  });

  it('is drawn: a curve for each contender in each panel, with a legend and the decades', () => {
    const chart = growthChart(sizes);
    expect(chart).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox=/);
    expect(chart.match(/<polyline /g)).toHaveLength(2 * contenders.length);
    // Nine of ten figures of time, and seven of memory: awk did not tell.
    expect(chart.match(/<circle /g)).toHaveLength(9 + 7);
    for (const { name } of contenders) expect(chart).toContain(`>${name}</text>`);
    for (const label of ['10⁷', '10⁸', 'wall time, s', 'peak memory, MB']) expect(chart).toContain(label);
    expect(chart).toContain('prefers-color-scheme: dark');
    expect(chart).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('what recording in a ledger comes to', () => {
  const run = (wall: number) => ({ wall, cpu: wall, rss: 2e8, bytes: 3e7 });
  const recorder = (name: string, made: number, wall: number) => ({
    name,
    made,
    fresh: run(wall),
    again: run(2 * wall),
    stored: 2.5e7,
  });
  const size = {
    count: 1_000_000,
    runs: 3,
    recorders: [
      recorder('SQLite: keywright', 1_000_000, 4),
      recorder('SQLite: INSERT OR IGNORE of HMACs', 1_000_000, 20),
      recorder('PostgreSQL: keywright', 1_000_000, 8),
      recorder('PostgreSQL: single rows of HMACs', 100_000, 16),
    ],
  };
  const large = {
    count: 100_000_000,
    runs: 1,
    recorders: [{ ...recorder('SQLite: keywright', 100_000_000, 600), again: null, stored: 2.5e9 }],
  };
  const machine = { cpu: 'a processor', cores: 2, node: '20.0.0' };

  it('is told as paces next to ours on the same engine', () => {
    const results = { ledger: { machine, sizes: [size, large] } };
    const filled = withFigures('<!-- ledger -->\n<!-- /ledger -->', results);
    expect(filled).toContain('| SQLite: keywright | 250,000 | 1.0× | 200 MB | 25 MB | 125,000 | 1.0× |');
    expect(filled).toContain('| SQLite: INSERT OR IGNORE of HMACs | 50,000 | 5.0× |');
    expect(filled).toContain(
      '| PostgreSQL: single rows of HMACs (of 100,000 keys) | 6,250 | 20× |  |  | 3,125 | 20× |',
    );
    expect(filled).toContain('| SQLite: keywright | 167,000 | 1.0× | 200 MB | 2,500 MB |  |  |');
    expect(filled).toContain(
      'ledger of 100,000,000 keys is made in 10 minutes by one batch, in 200 MB of memory',
    );
    expect(filled).toContain('(1 M: medians of 3 runs; 100 M: one run).');
    expect(withFigures(filled, results)).toBe(filled);
  });

  it('says why a recorder did not finish', () => {
    const late = { ...recorder('SQLite: other', 5, 1), fresh: null, again: null, why: 'over 120 s' };
    expect(ledgerTable({ ...size, recorders: [...size.recorders, late] })).toContain(
      '| SQLite: other | over 120 s |',
    );
  });
});

describe('the lines that are deduplicated', () => {
  it('are 29 characters of a key each, one in ten of them an earlier one, and the same every time', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-lines-'));
    try {
      const [first, second] = [join(folder, 'a'), join(folder, 'b')];
      writeLines(first, 50_000);
      writeLines(second, 50_000);
      const text = readFileSync(first, 'utf8');
      expect(readFileSync(second, 'utf8')).toBe(text);
      const lines = text.split('\n').slice(0, -1);
      expect(lines).toHaveLength(50_000);
      expect(lines.filter((line) => !/^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/.test(line))).toStrictEqual([]);
      expect(new Set(lines).size).toBe(45_000);
      expect(new Set(lines.filter((_, index) => index % 10 !== 9)).size).toBe(45_000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a measured run', () => {
  it('tells time, memory and bytes, and why it did not finish', async () => {
    const write = (out: string) => ['node', '-e', 'fs.writeFileSync(process.argv[1], "12345")', out];
    const seen: string[] = [];
    const run = await measure(write, { read: (out) => void seen.push(readFileSync(out, 'utf8')) });
    expect(run).toMatchObject({ bytes: 5, wall: expect.any(Number), cpu: expect.any(Number) });
    expect(seen).toStrictEqual(['12345']);
    const failed = await measure(() => ['node', '-e', 'throw new RangeError("too much")']);
    expect(failed).toStrictEqual({ why: 'failed: RangeError: too much' });
    const late = await measure(() => ['bash', '-c', 'sleep 60 & sleep 60'], { seconds: 0.5 });
    expect(late).toStrictEqual({ why: 'over 0.5 s' });
  });
});
