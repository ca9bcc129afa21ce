import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
// The built one, for a thread cannot load TypeScript on every Node that is supported.
import { type MetKeys, TooMany } from '../../../../dist/node/dedupe/scan/lookup.js';
import { scanText as scanBuilt } from '../../../../dist/node/dedupe/scan/text-input.js';
import { FirstPlaces } from '../../../../src/core/dedupe/first-places.js';
import type { KeySpans } from '../../../../src/core/dedupe/key-spans.js';
import type { PlacesPart } from '../../../../src/core/dedupe/places-table.js';
import { SECRET_BYTES } from '../../../../src/core/dedupe/text-hash.js';
import { seededRandom } from '../../../../src/core/random/seeded-random.js';
import { comparisonOf } from '../../../../src/node/dedupe/scan/block-thread.js';
import { scanText } from '../../../../src/node/dedupe/scan/text-input.js';
import { textLines } from '../../../../src/node/lists/text-list.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'list.txt');
const secret = new Uint8Array(SECRET_BYTES);
seededRandom('secret').fill(secret);

interface Read {
  /** `line: key`. */
  readonly keys: readonly string[];
  readonly hashes: readonly string[];
  readonly odd: readonly number[];
  readonly failure: string;
}

/** Its message: the built package has an error class of its own. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

function push(keys: string[], { bytes, spans, lines, firstLine, count }: KeySpans): void {
  for (let i = 0; i < count; i++) {
    const key = Buffer.from(bytes.slice(spans[2 * i], spans[2 * i + 1])).toString();
    keys.push(`${firstLine + (lines[i] ?? 0)}: ${key}`);
  }
}

/** What the plain reader says, each key hashed on its own. */
async function reference(content: Uint8Array, exact: boolean): Promise<Read> {
  const comparison = comparisonOf(exact, secret);
  const keys: string[] = [];
  const [hashes, odd]: [string[], number[]] = [[], []];
  async function* chunks() {
    yield content;
  }
  const failure = await failureOf(
    (async () => {
      for await (const batch of textLines(chunks(), path)) push(keys, batch);
    })(),
  );
  for (const [index, key] of keys.entries()) {
    const bytes = Buffer.from(key.replace(/^\d+: /, ''));
    const out = new Uint32Array(2);
    if (!comparison.hashKey(bytes, 0, bytes.length, out, 0)) odd.push(index);
    hashes.push(out.join(' '));
  }
  return { keys, hashes, odd, failure };
}

async function scanned(content: Uint8Array, exact: boolean, block: number, threads = 0): Promise<Read> {
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  const text = { path, fd, begin: 0, end: content.length, block };
  const keys: string[] = [];
  const [hashes, odd]: [string[], number[]] = [[], []];
  const failure = await failureOf(
    (async () => {
      for await (const batch of (threads === 0 ? scanText : scanBuilt)(text, { exact, secret, threads })) {
        odd.push(...batch.odd.map((index) => index + keys.length));
        push(keys, batch.keys);
        for (let i = 0; i < batch.keys.count; i++)
          hashes.push(batch.hashes.slice(2 * i, 2 * i + 2).join(' '));
        const { spans, bytes } = batch.keys;
        // What the place of the batch says is where its first key stands.
        const [from, to] = [spans[0] ?? 0, spans[1] ?? 0];
        const key = Buffer.from(bytes.slice(from, to));
        expect(key.compare(content, batch.offset + from, batch.offset + to)).toBe(0);
      }
    })(),
  );
  closeSync(fd);
  return { keys, hashes, odd, failure };
}

const piece = fc.constantFrom(
  'A',
  'B',
  'AB-1',
  'ab',
  'aB',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '\n\n',
  'é',
  'Ａ',
  '\u2028',
  '-',
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')));
const damaged = fc
  .array(
    fc.oneof(
      piece.map((p) => Buffer.from(p)),
      fc.constantFrom([0], [0xff], [0xc3], [0xc2, 0x85], [7], [0x7f]),
    ),
    {
      maxLength: 30,
    },
  )
  .map((pieces) => Buffer.concat(pieces.map((p) => Buffer.from(p))));

describe('a text that is scanned in blocks', () => {
  it.each([false, true])(
    'holds the keys, lines and hashes that the plain reader finds; exact: %s (property)',
    async (exact) => {
      await fc.assert(
        fc.asyncProperty(text, fc.integer({ min: 1, max: 40 }), async (content, block) => {
          expect(await scanned(content, exact, block)).toStrictEqual(await reference(content, exact));
        }),
        { numRuns: 150 },
      );
    },
  );

  it('is refused for what the plain reader refuses, at the same line (property)', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.integer({ min: 1, max: 40 }), async (content, block) => {
        const [{ failure }, wanted] = [await scanned(content, false, block), await reference(content, false)];
        expect(failure).toBe(wanted.failure);
      }),
      { numRuns: 150 },
    );
  });

  it('may have a line of 1 MiB, and none that is longer', async () => {
    for (const [length, fails] of [
      [2 ** 20, false],
      [2 ** 20 + 1, true],
    ] as const) {
      const content = Buffer.from(`AAAA\n${'B'.repeat(length)}\nCCCC\n`);
      const read = await scanned(content, false, 100_000);
      expect(read.failure).toBe((await reference(content, false)).failure);
      expect(read.failure.includes('line 2, is longer than 1 MiB')).toBe(fails);
    }
  });

  it.each([1, 2, 3])('is the same with %i threads', async (threads) => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `KEY-${index}-${'é'.repeat(index % 3)}`);
    const content = Buffer.from(lines.join('\r\n'));
    const read = await scanned(content, false, 4096, threads);
    expect(read).toStrictEqual(await reference(content, false));
    const broken = Buffer.concat([content, Buffer.from('\nA\u0000\n')]);
    const { failure } = await scanned(broken, false, 4096, threads);
    expect(failure).toBe((await reference(broken, false)).failure);
    expect(failure).toContain('line 20001,');
  });
});

interface LookedUp {
  /** Where each repeated key stands in the file, and the first one. */
  readonly met: readonly string[];
  readonly parts: readonly PlacesPart[] | undefined;
}

/** Looks the keys of a text up in a table that was made for `expected`, in threads. */
async function lookedUp(
  content: Uint8Array,
  { threads, base, table }: { threads: number; base: number; table: FirstPlaces },
): Promise<LookedUp> {
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  const text = { path, fd, begin: 0, end: content.length, block: 512 };
  const met: string[] = [];
  let parts: readonly PlacesPart[] | undefined;
  const done = (filled: readonly PlacesPart[]) => {
    parts = filled;
  };
  const lookup = { parts: table.parts, most: table.most, base, done };
  try {
    for await (const batch of scanBuilt(text, { exact: false, secret, threads, lookup })) {
      const { words, count }: MetKeys = batch.met ?? { words: new Uint32Array(), count: -1 };
      expect(count).toBeGreaterThanOrEqual(0);
      for (let at = 0; at < count; at++) {
        const place = base + batch.offset + (batch.keys.spans[2 * (words[2 * at] ?? 0)] ?? 0);
        met.push(`${place}: ${words[2 * at + 1]}`);
      }
    }
  } finally {
    closeSync(fd);
  }
  return { met, parts };
}

describe('a text whose keys are looked up by a thread', () => {
  const pieces = fc.array(fc.tuple(fc.nat(400), fc.constantFrom('\n', '\r\n', '\n\n')), {
    minLength: 3000,
    maxLength: 4000,
  });

  it.each([1, 2, 3])(
    'says which were met where, as a Map does, with %i threads (property)',
    async (threads) => {
      await fc.assert(
        fc.asyncProperty(pieces, fc.integer({ min: 0, max: 2 ** 31 }), async (keys, base) => {
          const twin = new Map<number, number>();
          const wanted: string[] = [];
          let content = '';
          for (const [key, end] of keys) {
            const [first, place] = [twin.get(key), base + content.length];
            if (first === undefined) twin.set(key, place);
            else wanted.push(`${place}: ${first}`);
            content += `KEY-${key}${end}`;
          }
          const options = { threads, base, table: new FirstPlaces(0, 10_000, true) };
          const { met, parts } = await lookedUp(Buffer.from(content), options);
          expect(met).toEqual(wanted);
          expect(new FirstPlaces(parts ?? []).size).toBe(twin.size);
        }),
        { numRuns: 5 },
      );
    },
  );

  it('finds what the table held before, grows it, and gives it back', async () => {
    const lines = Array.from({ length: 9000 }, (_, index) => `KEY-${index}\n`).join('');
    const first = await lookedUp(Buffer.from(lines), {
      threads: 2,
      base: 0,
      table: new FirstPlaces(0, 1e5, true),
    });
    expect(first.met).toEqual([]);
    expect(first.parts?.length).toBeGreaterThan(1);
    const table = new FirstPlaces(first.parts ?? [], 1e5, true);
    const again = await lookedUp(Buffer.from(`NEW\n${lines}`), { threads: 2, base: 1e6, table });
    expect(again.met.length).toBe(9000);
    expect(again.met.slice(0, 2)).toEqual(['1000004: 0', '1000010: 6']);
    expect(new FirstPlaces(again.parts ?? []).size).toBe(9001);
  });

  it('ends when the table has no room', async () => {
    const lines = Array.from({ length: 9000 }, (_, index) => `KEY-${index}\n`).join('');
    const table = new FirstPlaces(0, 8000, true);
    await expect(lookedUp(Buffer.from(lines), { threads: 2, base: 0, table })).rejects.toThrow(TooMany);
  });

  it('ends where the text is damaged', async () => {
    const lines = `${'KEY-1\n'.repeat(1000)}A\u0000\n${'KEY-2\n'.repeat(1000)}`;
    const table = new FirstPlaces(0, 8000, true);
    const failure = await failureOf(lookedUp(Buffer.from(lines), { threads: 2, base: 0, table }));
    expect(failure).toContain('line 1001,');
  });
});
