import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyComparer } from '../../../../dist/core/dedupe/key-comparer.js';
import { scanText } from '../../../../dist/node/dedupe/scan/scanned-text.js';
import type { KeySpans } from '../../../../src/core/dedupe/key-spans.js';
import { seededRandom } from '../../../../src/core/random/seeded-random.js';
import { saysNoKey } from '../../../../src/node/lists/columns/key-cell.js';
import { textLines } from '../../../../src/node/lists/kinds/text-list.js';
import { saidOf } from '../../../failure.js';
import { newFolder } from '../../../new-folder.js';
import { runs } from '../../../runs.js';

const folder = newFolder();
const path = join(folder, 'list.txt');

/** Its hash is the same each time. */
function comparerOf(exact: boolean): KeyComparer {
  return new KeyComparer(exact ? 'exact' : 'fold', seededRandom('secret'));
}

interface Read {
  /** `line: key`. */
  readonly keys: readonly string[];
  readonly hashes: readonly string[];
  readonly odd: readonly number[];
  readonly failure: string;
}

function push(keys: string[], { bytes, spans, lines, firstLine, count }: KeySpans): void {
  for (let i = 0; i < count; i++) {
    const key = Buffer.from(bytes.slice(spans[2 * i], spans[2 * i + 1])).toString();
    keys.push(`${firstLine + (lines[i] ?? 0)}: ${key}`);
  }
}

/** What the plain reader says, each key hashed on its own. */
async function reference(content: Uint8Array, exact: boolean): Promise<Read> {
  const comparer = comparerOf(exact);
  const keys: string[] = [];
  const [hashes, odd]: [string[], number[]] = [[], []];
  async function* chunks() {
    yield content;
  }
  const failure = await saidOf(
    (async () => {
      for await (const batch of textLines(chunks(), path)) push(keys, batch);
    })(),
  );
  for (const [index, key] of keys.entries()) {
    const bytes = Buffer.from(key.replace(/^\d+: /, ''));
    if (saysNoKey(bytes.toString())) {
      odd.push(index);
      hashes.push('meets none');
      continue;
    }
    const out = new Uint32Array(2);
    if (!comparer.hashKey(bytes, 0, bytes.length, out, 0)) odd.push(index);
    hashes.push(out.join(' '));
  }
  return { keys, hashes, odd, failure };
}

/** `ahead`: by a thread, which is there but in dist. */
async function scanned(content: Uint8Array, exact: boolean, block: number, ahead = false): Promise<Read> {
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  const text = {
    path,
    fd,
    begin: 0,
    firstLine: 1,
    heading: undefined,
    lines: undefined,
    keyless: true,
    end: content.length,
    block,
  };
  const keys: string[] = [];
  const [hashes, odd]: [string[], number[]] = [[], []];
  const failure = await saidOf(
    (async () => {
      for await (const batch of scanText(text, comparerOf(exact), ahead)) {
        odd.push(...batch.odd.map((index) => index + keys.length));
        push(keys, batch.keys);
        for (let i = 0; i < batch.keys.count; i++)
          hashes.push(
            batch.keyless.includes(i) ? 'meets none' : batch.hashes.slice(2 * i, 2 * i + 2).join(' '),
          );
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

  it('says on which line of the file it is damaged, in whatever block', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `KEY-${index}-${'é'.repeat(index % 3)}`);
    const broken = Buffer.from(`${lines.join('\r\n')}\nA\u0000\n`);
    const { failure } = await scanned(broken, false, 4096);
    expect(failure).toBe((await reference(broken, false)).failure);
    expect(failure).toContain('line 20001,');
  });

  it.each([false, true])('is scanned by a thread to the same; exact: %s (property)', async (exact) => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.integer({ min: 1, max: 40 }), async (content, block) => {
        expect(await scanned(content, exact, block, true)).toStrictEqual(
          await scanned(content, exact, block),
        );
      }),
      { numRuns: runs(15, 4) },
    );
  });

  it('may be left while a thread scans it', async () => {
    const content = Buffer.from('ABCD-EFGH\n'.repeat(1000));
    writeFileSync(path, content);
    const fd = openSync(path, 'r');
    const text = {
      path,
      fd,
      begin: 0,
      firstLine: 1,
      heading: undefined,
      lines: undefined,
      keyless: true,
      end: content.length,
      block: 100,
    };
    let blocks = 0;
    for await (const _ of scanText(text, comparerOf(false), true)) if (++blocks === 2) break;
    closeSync(fd);
    expect(blocks).toBe(2);
  });
});
