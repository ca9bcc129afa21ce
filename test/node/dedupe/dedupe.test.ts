import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { CaseRule } from '../../../src/core/dedupe/case-rule.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { auditFiles, dedupeFiles } from '../../../src/node/dedupe/dedupe-files.js';
import type { Finding } from '../../../src/node/dedupe/report/options.js';
import { openKeyFile } from '../../../src/node/lists/list-file.js';
import { hiddenName } from '../../../src/node/publish/temporary-name.js';
import { guardedCell } from '../../../src/node/rows/csv-guard.js';
import { saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { runs } from '../../runs.js';
import { type List, reference, someList, weakRandom } from './reference.js';

const folder = newFolder();
const tmpDir = join(folder, 'tmp');
mkdirSync(tmpDir);
const out = join(folder, 'out.txt');
const report = join(folder, 'report.csv');

// Whatever a test did, nothing temporary is left.
afterEach(() => {
  expect(readdirSync(tmpDir)).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

let serial = 0;
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, `${serial++}-${name}`);
  writeFileSync(path, content);
  return path;
}

const ALL = Number.POSITIVE_INFINITY;
const MIB = 2 ** 20;

describe('any lists', () => {
  it.each([
    ['in memory', undefined, false],
    ['with a hash of few values', weakRandom, true],
  ])('give what a Map gives, %s (property)', async (_, random, misled) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someList, { minLength: 1, maxLength: 3 }),
        fc.array(someList, { maxLength: 2 }),
        fc.constantFrom<CaseRule>('exact', 'fold', 'ask'),
        async (lists, against, rule) => {
          const paths = new Map([...lists, ...against].map((list) => [list, file(list.name, list.content)]));
          const path = (list: List) => paths.get(list) ?? '';
          const wanted = reference(lists, against, path, rule);
          const [exact, ignoreCase] = [rule === 'exact', rule === 'fold'];
          const sides = {
            against: against.map(path),
            exact,
            ignoreCase,
            tmpDir,
            findings: ALL,
            force: true,
            random,
          };
          const options = { ...sides, out, report, as: 'text', invalid: 'keep' } as const;
          fc.pre(await areClear([...lists, ...against].map(path)));
          const result = await dedupeFiles(lists.map(path), options);
          expect(result).toMatchObject(counts(wanted));
          expect(result.findings).toStrictEqual(wanted.findings);
          const written = wanted.kept.map((key) => `${key}\n`).join('');
          expect(existsSync(out)).toBe(wanted.cases === 0);
          if (wanted.cases === 0) expect(readFileSync(out, 'utf8')).toBe(written);
          expect(result.bytes).toBe(wanted.cases === 0 ? Buffer.byteLength(written) : 0);
          rmSync(out, { force: true });
          expect(await reported()).toStrictEqual(wanted.findings.map(reportedAs));
          const { bytes: __, ...audited } = result;
          expect(await auditFiles(lists.map(path), sides)).toStrictEqual(audited);
          if (!misled) expect(result.partitioned).toBe(false);
        },
      ),
      { numRuns: runs(20, 8) },
    );
  });
});

/** Whether what the key is can be told of each list; of random ones it often cannot. */
async function areClear(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    let isOdd = false;
    const failure = await saidOf(
      (async () => {
        const list = await openKeyFile(path);
        for await (const _ of list.keys());
        isOdd = Object.hasOwn(list.reading.withoutKey, 'other text');
      })(),
    );
    if (failure.includes('unclear_list') || isOdd) return false;
  }
  return true;
}

describe('more keys than memory holds', () => {
  const keys = Array.from({ length: 90_000 }, (_, index) => {
    // Every third key comes again, one in a hundred again and again, some of them spelled differently.
    const id = index % 100 === 7 ? 7 : index % 3 === 0 ? index % 20_001 : index;
    const key = `ABCDE-${String(id).padStart(7, '0')}`;
    return index % 5 === 1 ? key.toLowerCase() : key;
  });
  const text = keys.map((key) => `${key}\n`).join('');
  const known = keys.slice(100, 30_100).map((key, line) => `${line}-${key.slice(6)}`);
  const againstText = `key,n\n${known.map((key) => `${key},1\n`).join('')}ABCDE-0000007,1\n`;

  it.each([
    ['text.txt', text],
    ['list.csv', `note,key\n${keys.map((key, id) => `n${id},${key}\n`).join('')}`],
    ['list.jsonl', keys.map((key) => `{"key":"${key}"}\n`).join('')],
    ['list.json', JSON.stringify(keys)],
    ['text.txt.gz', gzipSync(text)],
  ])('are partitioned, with the same outcome to the byte: %s', async (name, content) => {
    const path = file(name, content);
    const against = [file('against.csv', againstText)];
    const sides = { against, tmpDir, findings: 100, force: true, out, report };
    const whole = await dedupeFiles([path], sides);
    const wholeFiles = [readFileSync(out), readFileSync(report)];
    expect(whole).toMatchObject({ partitioned: false, read: 90_000, invalid: 0 });
    expect(whole.known).toBeGreaterThan(500);
    expect(whole.duplicates).toBeGreaterThan(10_000);
    expect(whole.spellings).toBeGreaterThan(1_000);
    expect(await dedupeFiles([path], { ...sides, memory: MIB })).toStrictEqual({
      ...whole,
      partitioned: true,
    });
    expect(
      [readFileSync(out), readFileSync(report)].map((bytes, at) => wholeFiles[at]?.equals(bytes)),
    ).toEqual([true, true]);
  });

  it('end also when one key is all there is', async () => {
    const path = file('one.txt', 'ABCD-EFGH\n'.repeat(200_000));
    const result = await dedupeFiles([path], { memory: MIB, tmpDir, out, force: true });
    expect(result).toMatchObject({ partitioned: true, read: 200_000, kept: 1, duplicates: 199_999 });
    expect(readFileSync(out, 'utf8')).toBe('ABCD-EFGH\n');
  });

  it('are found out late, too, and then it begins again', async () => {
    const distinct = keys.map((_, id) => `KEY-${id}\n`).join('');
    // One long line lets it expect few keys.
    const path = file('late.txt', `${'-'.repeat(70_000)}A\n${distinct}`);
    const result = await auditFiles([path], { memory: MIB, tmpDir });
    expect(result).toMatchObject({ partitioned: true, read: 90_001 });
  });

  it('may take no less than 1 MiB', async () => {
    for (const memory of [MIB - 1, 0, Number.NaN, 1.5e6 + 0.5]) {
      const failure = await saidOf(auditFiles([file('a.txt', 'A\n')], { memory }));
      expect(failure).toContain('invalid_option: memory is a whole number');
    }
  });
});

describe('rows that are no keys', () => {
  const format = parseFormat('XXXX-XXXX');
  const content = 'ABCD-EFGH\nABCD-EFG\nabcd efgh\nABCD-EFG\nABCD-EFGÄ\n1234-5678\n';

  it('forbid the output, and are all reported', async () => {
    const path = file('bad.txt', content);
    const taken: Uint8Array[] = [];
    const sinks = [`${out}.new.txt`, { write: async (bytes: Uint8Array) => void taken.push(bytes) }];
    for (const [index, sink] of sinks.entries()) {
      const report = `${out}.report${index}`;
      const result = await dedupeFiles([path], { out: sink, report, format });
      expect(result).toMatchObject({ read: 6, invalid: 3, dropped: 0, bytes: 0 });
      expect(readFileSync(report, 'utf8').match(/^invalid,/gm)).toHaveLength(3);
    }
    expect(existsSync(`${out}.new.txt`)).toBe(false);
    expect(taken).toEqual([]);
  });

  it.each([undefined, MIB])('are left out, or kept and compared; memory: %s', async (memory) => {
    const many = Array.from(
      { length: memory === undefined ? 0 : 90_000 },
      (_, index) => `Z000-${index.toString(36).toUpperCase().padStart(4, '0')}\n`,
    );
    const path = file('bad.txt', content + many.join(''));
    const sides = { out, force: true, format, tmpDir, memory } as const;
    const dropped = await dedupeFiles([path], { ...sides, invalid: 'drop' });
    expect(dropped.partitioned).toBe(memory !== undefined);
    expect(dropped).toMatchObject({
      read: 6 + many.length,
      kept: 2 + many.length,
      duplicates: 1,
      invalid: 3,
      dropped: 3,
    });
    expect(readFileSync(out, 'utf8').slice(0, 20)).toBe('ABCD-EFGH\n1234-5678\n');
    const kept = await dedupeFiles([path], { ...sides, invalid: 'keep' });
    expect(kept).toMatchObject({
      read: 6 + many.length,
      kept: 4 + many.length,
      duplicates: 2,
      invalid: 3,
      dropped: 0,
    });
    expect(readFileSync(out, 'utf8').slice(0, 39)).toBe('ABCD-EFGH\nABCD-EFG\nABCD-EFGÄ\n1234-5678\n');
    expect(kept.findings.map(({ kind, line }) => [kind, line])).toEqual([
      ['invalid', 2],
      ['duplicate', 3],
      ['invalid', 4],
      ['duplicate', 4],
      ['invalid', 5],
    ]);
  });

  it('are judged by the format, also where that takes more than its shape', async () => {
    const checked = parseFormat('XXXX-XXXX', { checkCharacter: 'auto' });
    const good = checked.unrank(1234567n);
    const wrong = `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`;
    const result = await auditFiles([file('c.txt', `${good}\n${wrong}\n`)], { format: checked });
    expect(result).toMatchObject({ invalid: 1, findings: [{ line: 2, kind: 'invalid' }] });
  });
});

describe('inputs', () => {
  it('come from standard input as well, of any kind, also when it takes two passes', async () => {
    const text = Array.from({ length: 90_000 }, (_, index) => `KEY-${index % 80_000}\n`).join('');
    for (const content of [Buffer.from(text), gzipSync(text), Buffer.from(`key\n${text}`)]) {
      for (const memory of [undefined, MIB]) {
        const stdin = Readable.from([content.subarray(0, 1000), content.subarray(1000)], {
          objectMode: true,
        });
        const column = content[0] === 0x6b ? 'key' : undefined;
        const result = await dedupeFiles(['-'], {
          stdin,
          out,
          as: 'text',
          force: true,
          memory,
          tmpDir,
          column,
        });
        expect(result).toMatchObject({ partitioned: memory !== undefined, kept: 80_000, duplicates: 10_000 });
        expect(readFileSync(out, 'utf8') === text.slice(0, text.indexOf('KEY-0\n', 1))).toBe(true);
      }
    }
  });

  it('stand still while they are read', async () => {
    const path = file('moving.txt', 'A\nB\n');
    const onProgress = () => writeFileSync(path, 'A\nB\nC\n');
    const failure = await saidOf(dedupeFiles([path], { out: `${out}.new.txt`, onProgress }));
    expect(failure).toContain('was changed while it was read');
    expect(existsSync(`${out}.new.txt`)).toBe(false);
  });

  it('hold keys, and manifests among the known lists are skipped', async () => {
    const [empty, full] = [file('empty.txt', '\n \n'), file('full.txt', 'A\n')];
    const manifest = file('m.json', '{"schema":"keywright/manifest/v1","files":[]}');
    expect(await saidOf(auditFiles([full, empty]))).toBe(
      `no_keys: ${empty} holds no keys: check that it is the right file`,
    );
    expect(await saidOf(auditFiles([full], { against: [empty] }))).toContain('an empty list would let');
    expect(await auditFiles([full], { against: [manifest, full] })).toMatchObject({
      skipped: [manifest],
      known: 1,
      against: [{ path: full, keys: 1 }],
    });
    expect(await saidOf(auditFiles([full], { against: [manifest] }))).toContain('is a manifest');
    expect(await saidOf(auditFiles(['-'], { against: ['-'] }))).toContain('named twice');
  });

  it('that are damaged end the work by name of the line, and leave no file', async () => {
    for (const [name, content, said] of [
      ['nul.txt', 'A\nB\n\0\n', 'line 3, holds a NUL byte'],
      ['latin.txt', Buffer.from([0x41, 0x0a, 0xff]), 'line 2, is not valid UTF-8'],
      ['quote.csv', 'key,n\nA,1\n"B,2\n', 'line 3, begins a row whose quote is never closed'],
      ['long.csv', 'key,n\nA,1\nB,2,3\n', 'line 3, has more cells'],
      ['cut.gz', gzipSync('A\nB\n').subarray(0, 15), 'is a gzip file that is cut short'],
    ] as const) {
      const path = file(name, content);
      const failure = await saidOf(
        dedupeFiles([file('a.txt', 'A\n'), path], { out: `${out}.new.txt`, as: 'text' }),
      );
      expect(failure).toContain(`${path}`);
      expect(failure).toContain(said);
      expect(existsSync(`${out}.new.txt`)).toBe(false);
    }
  });
});

describe('the output', () => {
  it('goes to a sink only when everything is known', async () => {
    const path = file('a.txt', 'A\nB\na\n');
    const parts: string[] = [];
    const sink = { write: async (bytes: Uint8Array) => void parts.push(Buffer.from(bytes).toString()) };
    expect(await dedupeFiles([path], { out: sink })).toMatchObject({ bytes: 4 });
    expect(parts).toEqual(['A\nB\n']);
    parts.length = 0;
    await expect(dedupeFiles([path, file('b.txt', 'A\nB\n\u0007\n')], { out: sink })).rejects.toThrow(
      'U+0007',
    );
    expect(parts).toEqual([]);
  });

  it('never replaces an input, or a file without force', async () => {
    const path = file('a.txt', 'A\n');
    const taken = file('taken.txt', 'mine');
    expect(await saidOf(dedupeFiles([path], { out: path, force: true }))).toContain('same_file');
    expect(await saidOf(dedupeFiles([path], { out: taken }))).toContain('file_exists');
    expect(await saidOf(dedupeFiles([path], { out: `${out}.new.txt`, report: taken }))).toContain(
      'file_exists',
    );
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    expect(existsSync(`${out}.new.txt`)).toBe(false);
  });

  it.each([undefined, MIB])('is none when a signal comes, at any time; memory: %s', async (memory) => {
    const text = Array.from({ length: 90_000 }, (_, index) => `KEY-${index % 80_000}\n`).join('');
    const paths = [file('a.txt', text), file('b.txt', text)];
    for (const times of [1, 2, 3]) {
      const controller = new AbortController();
      let left = times;
      const onProgress = () => --left === 0 && controller.abort(new Error('stopped'));
      const options = { out: `${out}.new.txt`, tmpDir, memory, signal: controller.signal, onProgress };
      await expect(dedupeFiles(paths, options)).rejects.toThrow('stopped');
      expect(existsSync(`${out}.new.txt`)).toBe(false);
    }
  });

  it('is none of a run that was killed, and nothing of that is left after the next', async () => {
    const target = join(folder, 'killed.txt');
    const text = Array.from({ length: 90_000 }, (_, index) => `KEY-${index}\n`).join('');
    const paths = [file('a.txt', text), file('b.txt', text)];
    const options = JSON.stringify({ out: target, tmpDir, memory: MIB });
    const built = new URL('../../../dist/node.js', import.meta.url);
    const code = `import { dedupeFiles } from '${built}';
      const onProgress = (read) => read > 90_000 && process.kill(process.pid, 'SIGKILL');
      await dedupeFiles(${JSON.stringify(paths)}, { ...${options}, onProgress });`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', code]);
    expect(signal).toBe('SIGKILL');
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(tmpDir)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.killed'))).toHaveLength(1);
    await dedupeFiles(paths, { out: target, tmpDir, memory: MIB });
    expect(readFileSync(target, 'utf8') === text).toBe(true);
  });

  it('is cleared of what a killed run left; that of a living one stays', async () => {
    const target = join(folder, 'left.txt');
    const random = '0123456789abcdef';
    // No process has this number on Linux, where 4,194,304 is the limit.
    const [dead = '', alive = ''] = [4_194_305, process.ppid].map((id) =>
      hiddenName(target, 'tmp').replace(`-${process.pid}-`, `-${id}-`),
    );
    const temporary = join(tmpDir, `keywright-${random}.tmp`);
    for (const path of [dead, alive, temporary]) writeFileSync(path, 'half');
    const text = Array.from({ length: 90_000 }, (_, index) => `KEY-${index}\n`).join('');
    await dedupeFiles([file('a.txt', text)], { out: target, tmpDir, memory: MIB });
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(alive)).toBe(true);
    expect(existsSync(temporary)).toBe(false);
    rmSync(alive);
  });
});

function counts({ kept, known, duplicates, spellings, cases, findings }: ReturnType<typeof reference>) {
  const invalid = findings.filter(({ kind }) => kind === 'invalid').length;
  const read = kept.length + known + duplicates + cases;
  return { read, kept: kept.length, known, duplicates, spellings, cases, invalid, dropped: 0 };
}

it('refuses a JSON document that takes more than half of the memory it may have, and 16 MiB', async () => {
  const keys = Array.from({ length: 600 }, (_, index) => `KEY-${String(index).padStart(9, '0')}`);
  const path = file('long.json', `${JSON.stringify(keys)}${' '.repeat(20 * MIB)}`);
  expect(await saidOf(auditFiles([path], { memory: 30 * MIB, tmpDir }))).toMatch(/is JSON over 16 MiB/);
  expect(await saidOf(auditFiles([path], { memory: 36 * MIB, tmpDir }))).toMatch(/is JSON over 18 MiB/);
  expect(await auditFiles([path], { memory: 64 * MIB, tmpDir })).toMatchObject({ read: 600 });
});

it('reports of every key which of several formats it fits, however many there are', async () => {
  const format = [parseFormat('AAAA-AAAA'), parseFormat('9{8}')];
  const letters = (index: number) => [...String(index)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');
  const keys = Array.from({ length: 60_000 }, (_, index) => String(10_000_000 + index)).flatMap((digits) => [
    digits,
    `${letters(Number(digits)).slice(0, 4)}-${letters(Number(digits)).slice(4)}`,
  ]);
  const path = file('mixed.txt', [...keys, 'ABC'].join('\n'));
  for (const memory of [MIB, 64 * MIB]) {
    const result = await auditFiles([path], { format, report, memory, tmpDir, force: true });
    expect(result).toMatchObject({ partitioned: memory === MIB, invalid: 1, duplicates: 0 });
    const rows = await reported();
    expect(rows).toHaveLength(keys.length + 1);
    expect(rows[0]).toBe(`fits,${path},1,10000000,,,,,9{8}`);
    expect(rows.at(-2)).toBe(`fits,${path},120000,${keys.at(-1)},,,,,AAAA-AAAA`);
    expect(rows.at(-1)).toMatch(/^invalid,.*,$/);
  }
});

/** The report, without its header. */
async function reported(): Promise<readonly string[]> {
  const [header, ...rows] = readFileSync(report, 'utf8').trimEnd().split('\n');
  expect(header).toBe('kind,file,line,key,first_file,first_line,spelling,problem,format');
  return rows;
}

function reportedAs(finding: Finding): string {
  const { kind, path, line, key } = finding;
  // What is no key may be a formula.
  const row = [kind, path, line, kind === 'invalid' ? guardedCell(key) : key];
  if (finding.kind === 'invalid') {
    const { problem } = finding;
    return [...row, '', '', '', problem.includes(',') ? `"${problem}"` : problem, ''].join(',');
  }
  const { first, differs } = finding;
  return [...row, first.path, first.line, differs ? 'different' : 'same', '', ''].join(',');
}
