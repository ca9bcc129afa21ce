import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importKeys } from '../../../src/node/issue/import-keys.js';
import { keyChunks } from '../../../src/node/issue/key-chunks.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { freshKeys } from '../ledger/contract.js';

const folder = newFolder();

function listOf(name: string, keys: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, keys.map((key) => `${key}\n`).join(''));
  return path;
}

const options = { batch: 'import', by: 'test@host', now: new Date('2026-01-31T00:00:00Z') };

/** A ledger whose `method` fails once, after it did its work or before. */
function failing(ledger: Ledger, method: 'reserve' | 'prepare' | 'done', after: boolean): Ledger {
  let failed = false;
  return new Proxy(ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]) => {
        const fail = name === method && !failed;
        if (fail) failed = true;
        if (fail && !after) throw new Error('killed');
        const result: unknown = await Reflect.apply(member, target, args);
        if (fail) throw new Error('killed');
        return result;
      };
    },
  });
}

describe('an import', () => {
  it.each([
    ['reserve', false],
    ['reserve', true],
    ['prepare', false],
    ['prepare', true],
    ['done', false],
    ['done', true],
  ] as const)('that died at %s (its work done: %s) comes to the same report', async (method, after) => {
    const keys = freshKeys(40);
    const paths = [listOf('a.txt', [...keys.slice(0, 25), keys[3] ?? '']), listOf('b.txt', keys.slice(20))];
    const untouched = await importKeys(memoryLedger(), paths, options);
    expect(untouched).toMatchObject({ keys: 46, added: 40, known: 6 });
    const ledger = memoryLedger();
    await expect(importKeys(failing(ledger, method, after), paths, options)).rejects.toThrow('killed');
    expect(await importKeys(ledger, paths, options)).toStrictEqual(untouched);
    expect(await importKeys(ledger, paths, options)).toStrictEqual(untouched);
    expect((await ledger.status()).keys.issued).toBe(40);
    expect(await ledger.batches()).toMatchObject([{ state: 'done', recorded: 40, wasted: 0, count: 46 }]);
  });

  it('takes standard input, which is there but once', async () => {
    const ledger = memoryLedger();
    const keys = freshKeys(3);
    const stdin = () => Readable.from([Buffer.from(`${keys.join('\n')}\n`)]);
    expect(await importKeys(ledger, ['-'], { ...options, stdin: stdin() })).toMatchObject({ added: 3 });
    expect(await importKeys(ledger, ['-'], { ...options, stdin: stdin() })).toMatchObject({ added: 3 });
    expect(
      await codeOf(importKeys(ledger, ['-'], { ...options, stdin: Readable.from([Buffer.from('X1\n')]) })),
    ).toBe('batch_mismatch');
  });

  it('reads a pipe as it reads standard input, however it is packed', async () => {
    const keys = freshKeys(3);
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
    const ledger = memoryLedger();
    const written = writeFile(pipe, gzipSync(keys.map((key) => `{"key":"${key}"}\n`).join('')));
    const report = await importKeys(ledger, [pipe, listOf('beside.txt', keys)], options);
    await written;
    expect(report).toMatchObject({ keys: 6, added: 3, known: 3 });
  });

  it('of a pipe takes no more memory for more of it', async () => {
    const script = fileURLToPath(new URL('importing-process.js', import.meta.url));
    const [few, many] = await Promise.all(
      [10_000, 110_000].map(async (count) => {
        const { stdout } = await promisify(execFile)(process.execPath, [script, String(count)]);
        const [given, mebibytes] = stdout.split(' ').map(Number);
        expect(given).toBe(count);
        return mebibytes ?? Number.NaN;
      }),
    );
    // It is 107 MiB in one of them, and 10 in the other.
    expect((many ?? Number.NaN) - (few ?? Number.NaN)).toBeLessThan(50);
  });

  it('that is refused records nothing, wherever the key stands', async () => {
    const path = join(folder, 'inside.db');
    await createLedger(path, { now: options.now });
    const ledger = await openLedger(path);
    const long = Array.from({ length: 500_000 }, (_, index) => String(index).padStart(24, 'LONG'));
    const list = listOf('weak.txt', [...long, 'SHORT-KEY']);
    const work = importKeys(ledger, [listOf('first.txt', long.slice(0, 1)), list], options);
    await expect(work).rejects.toMatchObject({
      code: 'weak_format',
      message: expect.stringMatching(/^the key in .*weak\.txt, line 500001, has 37\.6 bits, under 80/),
    });
    expect(await ledger.batches()).toStrictEqual([]);
    await ledger.close();
  });

  it.each([
    [1, 'SCHL\u00dcSSEL'],
    ['exact', 'SCHL\u00dcSSEL'],
    ['exact', '\uff21\uff22\uff23\uff24-9999'],
    ['exact', 'ABCD\t9999'],
    ['exact', 'ABCD\u20109999'],
  ] as const)('compared by %s refuses %j and records nothing', async (comparison, key) => {
    const ledger = memoryLedger({ comparison });
    const work = importKeys(ledger, [listOf('no-key.json', [JSON.stringify(['AAAA1', key])])], options);
    await expect(work).rejects.toMatchObject({ code: 'damaged_file', details: { line: 2 } });
    expect(await ledger.batches()).toStrictEqual([]);
  });

  it.each([1, 'exact'] as const)('compared by %s takes what only looks strange', async (comparison) => {
    const strange = ['a b', 'A'.repeat(1000), '--BEGGING', '-ABC'];
    const keys = comparison === 1 ? [...strange, '\uff21\uff22-\uff11', 'ABCD\u20109999'] : strange;
    const ledger = memoryLedger({ comparison });
    const list = listOf('strange.json', [JSON.stringify(keys)]);
    expect(await importKeys(ledger, [list], options)).toMatchObject({ keys: keys.length });
  });

  it('refuses a private key among the lists, and records nothing', async () => {
    const ledger = memoryLedger();
    const pem = listOf('pem.txt', ['-----BEGIN PRIVATE KEY-----', 'MC4CAQ', '-----END PRIVATE KEY-----']);
    expect(await codeOf(importKeys(ledger, [listOf('ok.txt', freshKeys(1)), pem], options))).toBe(
      'damaged_file',
    );
    expect(await ledger.batches()).toStrictEqual([]);
  });
});

describe('chunks of keys', () => {
  it('are cut by number alone, however the keys came', async () => {
    const keys = freshKeys(100);
    async function* batches(size: number) {
      for (let at = 0; at < keys.length; at += size) {
        const part = keyTexts(keys.slice(at, at + size));
        yield { ...part, lines: new Uint32Array(part.count), firstLine: 1 };
      }
    }
    const cut = async (size: number) => {
      const chunks: string[][] = [];
      for await (const { bytes, spans, count } of keyChunks(batches(size), 30)) {
        chunks.push(
          Array.from({ length: count }, (_, index) =>
            Buffer.from(bytes.subarray(spans[2 * index], spans[2 * index + 1])).toString(),
          ),
        );
      }
      return chunks;
    };
    const chunks = await cut(7);
    expect(chunks.map((chunk) => chunk.length)).toStrictEqual([30, 30, 30, 10]);
    expect(chunks.flat()).toStrictEqual(keys);
    expect(await cut(1000)).toStrictEqual(chunks);
  });
});
