import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
// The built package: a thread cannot load TypeScript on every Node that is supported.
import { canonicalForm, parseFormat, type Shard } from '../../../dist/index.js';
import { type BatchFilesOptions, type BatchOptions, generateBatch, streamBatch } from '../../../dist/node.js';
import { shardRange } from '../../../src/core/generate/shard.js';
import { chiSquare, chiSquareP } from '../../core/generate/chi-square.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { runs } from '../../runs.js';

const now = new Date('2024-02-29T12:34:56.789Z');

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

async function streamed(spec: string, count: number, options: Partial<BatchOptions>) {
  const chunks: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void chunks.push(Uint8Array.from(bytes)) };
  const report = await streamBatch(parseFormat(spec), count, { now, style: 'text', ...options }, sink);
  const keys = Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  return { keys, report };
}

/** For each run of keys that follow one another in one job's part of the ranks, which part. */
function turns(parts: readonly number[]): readonly number[] {
  return parts.filter((part, index) => part !== parts[index - 1]);
}

describe.each([3])('%i jobs', (jobs) => {
  it.each([
    ['lukittu', runs(45_000, 15_000)],
    ['uuidv7', 22_000],
    ['[0-9a-f]{8}', 22_000],
    ['99999', 40_000],
    ['[AB]{17}', runs(40_000, 20_000)],
  ])('draw different keys of %s, each job from ranks of its own, in turn', async (spec, count) => {
    const { keys, report } = await streamed(spec, count, { jobs });
    const format = parseFormat(spec);
    expect(new Set(keys).size).toBe(count);
    expect(keys.every((key) => format.test(key))).toBe(true);
    expect(report.count).toBe(count);
    const all = Array.from({ length: jobs }, (_, part) => part);
    const ends = all.map((part) => shardRange(format.capacity, { index: part + 1, of: jobs }).high);
    const parts = keys.map((key) => {
      const rank = format.rank(key);
      return ends.findIndex((end) => rank < end);
    });
    expect(turns(parts).slice(0, jobs)).toStrictEqual(all);
    for (const part of all) {
      const drawn = parts.filter((other) => other === part).length;
      expect(Math.abs(drawn - count / jobs)).toBeLessThanOrEqual(1);
    }
  });

  it('never meet what the batch is held against, however that is spelled', async () => {
    const issued = (await streamed('9{5}', 20_000, {})).keys;
    const [plain, spaced] = [join(folder, 'a.txt'), join(folder, 'b.csv')];
    writeFileSync(plain, issued.slice(0, 12_000).join('\n'));
    const rows = issued.slice(12_000).map((key) => `x,${key.slice(0, 3)} ${key.slice(3)}`);
    writeFileSync(spaced, `note,key\n${rows.join('\n')}\n`);
    const { keys, report } = await streamed('9{5}', 25_000, { jobs, against: [plain, spaced] });
    expect(new Set([...keys, ...issued]).size).toBe(45_000);
    expect(report.against.map((list) => list.keys)).toStrictEqual([12_000, 8000]);
    // Almost half of the format is reached: of the candidates a fifth at first, and almost half at last, are known.
    expect(report.duplicatesRejected).toBeGreaterThan(6000);
    expect(report.duplicatesRejected).toBeLessThan(20_000);
  });

  it('write files of every style, and in parts', async () => {
    const constants = [['product', '7']] as const;
    const write = async (style: BatchOptions['style'], more: Partial<BatchFilesOptions> = {}) => {
      const out = join(folder, `keys.${style}`);
      await generateBatch(parseFormat('lukittu'), 20_000, {
        out,
        style,
        now,
        jobs,
        manifest: false,
        ...more,
      });
      return readFileSync(out, 'utf8');
    };
    const csv = (await write('csv', { constants })).split('\n');
    expect([csv[0], csv.length, csv.at(-1)]).toStrictEqual(['key,product', 20_002, '']);
    expect(new Set(csv).size).toBe(20_002);
    const json: unknown[] = JSON.parse(await write('json', { header: null }));
    expect(new Set(json).size).toBe(20_000);
    const jsonl = (await write('jsonl', { constants })).trimEnd().split('\n');
    expect(new Set(jsonl.map((line) => JSON.parse(line).key)).size).toBe(20_000);
    const out = join(folder, 'parts.txt');
    const report = await generateBatch(parseFormat('lukittu'), 20_000, {
      out,
      style: 'text',
      now,
      jobs,
      split: 3000,
    });
    expect(report.files.map(({ count }) => count)).toStrictEqual([3000, 3000, 3000, 3000, 3000, 3000, 2000]);
    const lines = report.files.flatMap(({ path }) => readFileSync(path, 'utf8').trimEnd().split('\n'));
    expect(new Set(lines).size).toBe(20_000);
    for (const { path, sha256 } of report.files)
      expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256);
  });

  it('keep to the shard of the batch, which they divide', async () => {
    const format = parseFormat('XXXX-9999');
    const of = 3;
    const drawn: string[] = [];
    for (let index = 1; index <= of; index++) {
      const shard: Shard = { index, of };
      const { keys } = await streamed('XXXX-9999', 9000, { jobs, shard });
      drawn.push(...keys);
      const ranks = keys.map((key) => format.rank(key) * BigInt(of));
      const [low, high] = [format.capacity * BigInt(index - 1), format.capacity * BigInt(index)];
      expect(ranks.every((rank) => rank >= low - BigInt(of) && rank < high)).toBe(true);
    }
    expect(new Set(drawn).size).toBe(27_000);
  });

  it('leave out what is to be rejected, and add up what they threw away', async () => {
    const { keys, report } = await streamed('XXXX', 20_000, { jobs, reject: ['A', '0-1', 'zz'] });
    expect(keys.filter((key) => /A|01|ZZ/.test(key))).toStrictEqual([]);
    expect(new Set(keys).size).toBe(20_000);
    expect(report.fragmentsRejected).toBeGreaterThan(1200);
  });

  it('keep check characters and exact comparison', async () => {
    const format = parseFormat('X{8}', { checkCharacter: 'auto', alphabet: 'crockford32' });
    const chunks: Buffer[] = [];
    const sink = { write: async (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)) };
    await streamBatch(format, 10_000, { now, style: 'text', jobs }, sink);
    const keys = Buffer.concat(chunks).toString().trimEnd().split('\n');
    expect(keys.filter((key) => !format.test(key))).toStrictEqual([]);
    const cases = await streamed('[a-cA-C]{9}', 40_000, { jobs, exact: true });
    expect(new Set(cases.keys).size).toBe(40_000);
    // Some of so many differ from another only in case.
    expect(new Set(cases.keys.map((key) => key.toUpperCase())).size).toBeLessThan(20_000);
    expect(new Set(cases.keys.map(canonicalForm)).size).toBeLessThanOrEqual(40_000);
  });

  it('draw each symbol equally often at each place (chi-square, p > 1e-6)', async () => {
    const { keys } = await streamed('X{9}', runs(100_000, 30_000), { jobs });
    for (let place = 0; place < 9; place++) {
      const counts = new Map<string, number>();
      for (const key of keys) counts.set(key.charAt(place), (counts.get(key.charAt(place)) ?? 0) + 1);
      expect(counts.size).toBe(36);
      expect.soft(chiSquareP(chiSquare([...counts.values()]), 35), `place ${place}`).toBeGreaterThan(1e-6);
    }
  });

  it('fail with the code of the one that failed, and leave nothing', async () => {
    const out = join(folder, 'keys.txt');
    const failing = (reject: readonly string[]) =>
      generateBatch(parseFormat('[AB]999'), 50, { out, style: 'text', now, jobs, reject });
    const exhausted = await failureOf(failing(['A']));
    expect(exhausted.code).toBe('exhausted');
    expect(exhausted.details).toStrictEqual({ produced: 0, rejected: 1_000_000 });
    expect(exhausted.message).toMatch(/^a million candidates in a row were rejected after 0 keys/);
    expect((await failureOf(failing(['ä']))).code).toBe('invalid_option');
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('end when they are told to, with the reason, and leave nothing', async () => {
    const out = join(folder, 'keys.txt');
    for (const after of [0, 100_000]) {
      const abort = new AbortController();
      const reason = new Error('enough');
      const onProgress = (written: number) => {
        if (written >= after) abort.abort(reason);
      };
      if (after === 0) abort.abort(reason);
      const work = generateBatch(parseFormat('lukittu'), 50_000_000, {
        out,
        style: 'text',
        now,
        jobs,
        signal: abort.signal,
        onProgress,
      });
      await expect(work).rejects.toBe(reason);
      expect(readdirSync(folder)).toStrictEqual([]);
    }
  });

  it('end when the sink fails', async () => {
    let writes = 0;
    const sink = {
      write: async () => {
        if (++writes === 5) throw new Error('full');
      },
    };
    const work = streamBatch(parseFormat('lukittu'), 50_000_000, { now, style: 'text', jobs }, sink);
    await expect(work).rejects.toThrow('full');
    expect(writes).toBe(5);
  });
});

describe('jobs', () => {
  it.each([0, -1, 1.5, 257, Number.NaN])('of %d are refused, and nothing is left', async (jobs) => {
    const out = join(folder, 'keys.txt');
    const { code, details } = await failureOf(
      generateBatch(parseFormat('lukittu'), 10, { out, style: 'text', now, jobs }),
    );
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'jobs' } });
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('are one with a seed, which gives the same keys as ever', async () => {
    const one = await streamed('XXXX-XXXX', 3, { seed: 'fixture', jobs: 1 });
    expect(one.keys).toStrictEqual(['Q0BI-MQWF', '3BWY-83UT', 'FNDU-1BL3']);
    expect((await failureOf(streamed('XXXX-XXXX', 3, { seed: 'fixture', jobs: 2 }))).code).toBe(
      'invalid_option',
    );
  });

  it('are fewer than asked for where the keys are, down to one', async () => {
    expect((await streamed('lukittu', 2, { jobs: 7 })).keys).toHaveLength(2);
    expect((await streamed('[AB]', 1, { jobs: 7 })).keys).toHaveLength(1);
    expect(new Set((await streamed('99', 50, { jobs: 7 })).keys).size).toBe(50);
  });

  it('do not matter where the batch is refused', async () => {
    expect((await failureOf(streamed('99', 51, { jobs: 2 }))).code).toBe('infeasible');
  });

  it('stand back where a list crowds the part of one of them', async () => {
    const list = join(folder, 'low.txt');
    const low = Array.from({ length: 3000 }, (_, rank) => String(rank).padStart(4, '0'));
    writeFileSync(list, low.join('\n'));
    const { keys } = await streamed('9999', 2000, { jobs: 4, against: [list] });
    expect(new Set([...keys, ...low]).size).toBe(5000);
  });
});
