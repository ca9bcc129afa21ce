import { isUtf8 } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textLines } from '../../../src/node/lists/kinds/text-list.js';
import { openKeyFile } from '../../../src/node/lists/list-file.js';
import { saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { parseKeyList, readBytes } from './key-list.js';

const folder = newFolder();

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('text', () => {
  it('gives the same keys and lines whatever the chunks, for LF, CRLF and CR mixed', async () => {
    const text = '\ufeff AAAA \r\n\r\nBÄB\u2028B\rCCCC\n\n\r\tDDDD\u{1F511}\t\nEEEE';
    for (const size of [1, 2, 3, 5, 7, 1000]) {
      const list = await readBytes(text, {}, size);
      expect(list.keys).toEqual(['AAAA', 'BÄB\u2028B', 'CCCC', 'DDDD\u{1F511}', 'EEEE']);
      expect(list.lines).toEqual([1, 3, 4, 7, 8]);
      expect(list.kind).toBe('text');
    }
  });

  it('counts and hashes the file as it lies on disk', async () => {
    const content = gzipSync('AAAA\nBBBB\n');
    const list = await parseKeyList(file('plain-name', content));
    expect(list).toMatchObject({ keys: ['AAAA', 'BBBB'], gzip: true, bytes: content.length });
    expect(list.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it('splits any text as the textbook does', async () => {
    const piece = fc.constantFrom(
      'A',
      'bc',
      '-',
      ' ',
      '\t',
      '\n',
      '\r',
      '\r\n',
      '\u2028',
      '\u00a0',
      'é',
      '\u{1F511}',
      '{',
      '"',
    );
    const property = fc.asyncProperty(
      fc.array(piece),
      fc.integer({ min: 1, max: 20 }),
      async (pieces, size) => {
        const text = pieces.join('');
        const wanted = text
          .split(/\r\n|\n|\r/)
          .map((line, i) => [line.replace(/^[ \t]+|[ \t]+$/g, ''), i + 1])
          .filter(([key]) => key !== '');
        async function* chunks() {
          const bytes = Buffer.from(text);
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const found: unknown[] = [];
        for await (const { bytes, spans, lines, firstLine, count } of textLines(chunks(), 'list.txt')) {
          for (let i = 0; i < count; i++) {
            const key = Buffer.from(bytes.slice(spans[2 * i], spans[2 * i + 1])).toString();
            found.push([key, firstLine + (lines[i] ?? 0)]);
          }
        }
        expect(found).toEqual(wanted);
      },
    );
    await fc.assert(property, { numRuns: 300, seed: 1 });
  });

  it('agrees with the platform on what is UTF-8', async () => {
    const lead = fc.constantFrom(0x41, 0xc1, 0xc3, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5);
    const next = fc.constantFrom(0x41, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc3);
    const property = fc.asyncProperty(
      fc.array(fc.tuple(lead, next, next, next), { maxLength: 3 }),
      fc.nat(4),
      async (parts, cut) => {
        const bytes = Uint8Array.from(parts.flat().slice(0, Math.max(0, 4 * parts.length - cut)));
        const failure = await saidOf(readBytes(bytes, {}, 1));
        if (isUtf8(bytes)) expect(failure).toMatch(/nothing failed|control character/);
        else expect(failure).toMatch(/is not valid UTF-8/);
      },
    );
    await fc.assert(property, { numRuns: 1000, seed: 1 });
  });

  it('keeps lines right over many batches and chunks', async () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `KEY${i}`);
    const list = await readBytes(keys.join('\n\n'), {}, 77_777);
    expect(list.keys).toEqual(keys);
    expect(list.lines[99_999]).toBe(199_999);
  });

  it.each([
    [
      'a NUL',
      'AAAA\nBB\0B\n',
      'damaged_file: standard input, line 2, holds a NUL byte: this is no text, save it as UTF-8 text',
    ],
    ['DEL', 'A\x7f', /line 1, holds the control character U\+007F/],
    ['a C1 control character', 'A\n\u0085', /line 2, holds the control character U\+0085/],
    ['a surrogate in UTF-8', Buffer.from([0x41, 0x0a, 0xed, 0xa0, 0x80]), /line 2, is not valid UTF-8/],
    ['above U+10FFFF', Buffer.from([0xf4, 0x90, 0x80, 0x80]), /line 1, is not valid UTF-8/],
    ['a sequence cut off by the end', Buffer.from([0x41, 0xe2, 0x80]), /line 1, is not valid UTF-8/],
    [
      'a sequence cut off by a line end',
      Buffer.from([0x41, 0xe2, 0x80, 0x0a, 0x41]),
      /line 1, is not valid UTF-8/,
    ],
    ['UTF-16 without mark', Buffer.from('AAAA\nBBBB', 'utf16le'), /is UTF-16/],
  ])('refuses %s, with the line', async (_, content, message) => {
    for (const size of [1, 100]) {
      const failure = await saidOf(readBytes(content, {}, size));
      if (typeof message === 'string') expect(failure).toBe(message);
      else expect(failure).toMatch(message);
      expect(failure).toMatch(/^damaged_file: /);
    }
  });

  it('takes a line of 1 MiB, refuses one of a byte more', async () => {
    const line = 'A'.repeat(1 << 20);
    expect((await readBytes(`B\n${line}\nC`)).keys.map((key) => key.length)).toEqual([1, 1 << 20, 1]);
    expect(await saidOf(readBytes(`B\n${line}A\nC`))).toMatch(/line 2, is longer than 1 MiB/);
  });

  it('refuses a line of 1 GB after 2 MiB of it', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(1 << 16, 'A');
    async function* endless() {
      for (; sent < 1e9; sent += chunk.length) yield chunk;
    }
    expect(await saidOf(parseKeyList('-', { stdin: endless() }))).toMatch(/line 1, is longer than 1 MiB/);
    expect(sent).toBeLessThan(2 << 20);
  });

  it('stops with the reason of the signal', async () => {
    const abort = new AbortController();
    const opened = await openKeyFile(file('long.txt', 'AAAA\n'.repeat(1e6)), { signal: abort.signal });
    const reading = async () => {
      for await (const _ of opened.keys()) abort.abort(new Error('enough'));
    };
    await expect(reading()).rejects.toThrow('enough');
    expect(() => opened.sha256).toThrow();
  });

  it('stops with the reason of the signal while standard input is silent', async () => {
    const abort = new AbortController();
    const opening = openKeyFile('-', { stdin: new PassThrough(), signal: abort.signal });
    setTimeout(() => abort.abort(new Error('interrupted')), 20);
    await expect(opening).rejects.toThrow('interrupted');
    const late = new AbortController();
    const unread = await openKeyFile(file('unread.txt', 'AAAA\n'.repeat(1e6)), { signal: late.signal });
    await unread.close();
    late.abort();
    await unread.close();
  });

  it('keeps keys in braces and brackets as text', async () => {
    const keys = ['{3F2504E0-4F89-11D3-9A0C-0305E82C3301}', '[ABCD-EFGH]'];
    expect(await readBytes(keys.join('\n'))).toMatchObject({ kind: 'text', keys });
    expect(await readBytes(`${keys[1]}\n`)).toMatchObject({ kind: 'text', keys: ['[ABCD-EFGH]'] });
  });
});

describe('gzip', () => {
  const members = Buffer.concat([gzipSync('AAAA\nBB'), gzipSync('BB\n'), gzipSync(''), gzipSync('CCCC')]);

  it('reads all members whatever the chunks, and zero padding', async () => {
    for (const size of [1, 7, 1000]) {
      expect((await readBytes(members, {}, size)).keys).toEqual(['AAAA', 'BBBB', 'CCCC']);
      const padded = Buffer.concat([members, Buffer.alloc(50)]);
      expect((await readBytes(padded, {}, size)).keys).toEqual(['AAAA', 'BBBB', 'CCCC']);
    }
  });

  it('refuses what stands behind zero padding, be it a member', async () => {
    for (const size of [1, 7, 1000]) {
      const hidden = Buffer.concat([members, Buffer.alloc(50), gzipSync('DDDD')]);
      expect(await saidOf(readBytes(hidden, {}, size))).toMatch(/^damaged_file: .*behind its gzip data/);
    }
  });

  it('refuses each truncation and each flipped bit of the trailer', async () => {
    const whole = gzipSync('AAAA\nBBBB\n');
    for (let length = 2; length < whole.length; length++) {
      expect(await saidOf(readBytes(whole.subarray(0, length)))).toMatch(/^damaged_file: .*cut short/);
    }
    for (let at = whole.length - 8; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(await saidOf(readBytes(flipped))).toMatch(/^damaged_file: .*damaged gzip/);
    }
  });

  it('keeps a bomb of half a GB of empty lines in bounded memory', async () => {
    const block = deflateRawSync(Buffer.alloc(1 << 24, '\n'), { level: 9, finishFlush: 2 });
    async function* bomb() {
      yield Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
      for (let i = 0; i < 31; i++) yield block;
    }
    const before = process.memoryUsage.rss();
    expect(await saidOf(parseKeyList('-', { stdin: bomb() }))).toMatch(/cut short/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20);
  });
});

describe('CSV', () => {
  it.each([
    ['a known name', 'id,License_Key,note\n1,AAAA,x\n2,BBBB,y\n', {}, ['AAAA', 'BBBB'], [2, 3]],
    ['--column', 'id;Seriennr;key\n1;AAAA;x\n', { column: 'seriennr' }, ['AAAA'], [2]],
    ['--column before a known name', 'key\tcode\r\nAAAA\tBBBB\r\n', { column: 'code' }, ['BBBB'], [2]],
    [
      'quoted line breaks',
      'note,key\r\n"x\r\ny\nz",AAAA\r\n\r\n,"BBBB"\r\nq,CC""CC',
      {},
      ['AAAA', 'BBBB', 'CC""CC'],
      [2, 6, 7],
    ],
    ['rows of empty cells', 'note,key\n,\n ,AAAA\n', {}, ['AAAA'], [3]],
    ['a byte order mark', '\ufeffkey,note\nAAAA,x\n', {}, ['AAAA'], [2]],
    ['CR alone', 'key,note\rAAAA,x\rBBBB,y', {}, ['AAAA', 'BBBB'], [2, 3]],
  ])('finds the key by %s', async (_, content, options, keys, lines) => {
    for (const size of [1, 5, 1000]) {
      expect(await readBytes(content, options, size)).toMatchObject({ kind: 'csv', keys, lines });
    }
  });

  it('takes the first row of a single column as a key unless it names it', async () => {
    expect((await parseKeyList(file('one.csv', 'AAAA\nBBBB\n'))).keys).toEqual(['AAAA', 'BBBB']);
    expect((await parseKeyList(file('two.csv', '"Serial Number"\nBBBB\n'))).keys).toEqual(['BBBB']);
    expect((await parseKeyList(file('six.csv', 'mine\nBBBB\n'), { column: 'Mine' })).keys).toEqual(['BBBB']);
    expect((await parseKeyList(file('three.tsv.gz', gzipSync('a\tkey\n1\tBBBB\n')))).keys).toEqual(['BBBB']);
  });

  it('lists the columns it found, but nothing that may be a key', async () => {
    expect(await saidOf(readBytes('id,product name\x1b,x\n1,2,3\n'))).toMatch(/damaged_file: .*U\+001B/);
    expect(await saidOf(readBytes('id,Product Name,x\n1,2,3\n'))).toBe(
      'unclear_list: standard input: no column is plainly the key (1 id as …, 2 Product Name as …, 3 x as …): name the one that does, or its number',
    );
    expect(await saidOf(readBytes('key,b\n1,2\n', { column: 'k\x1b' }))).toMatch(
      /^unknown_column: .* has no column k\\u\{1b\} \(found: key, b\): /,
    );
    const keys = ['7QX4M-9K2TD', 'ABCD-EFGH', 'ABCDEFGHIJKLMNOP', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'];
    for (const key of [...keys, '1234567890']) {
      const failure = await saidOf(readBytes(`${key},Ann\nBBBB,Bob\n`, { column: 'none' }));
      expect(failure).toMatch(/^unknown_column: .*\(hidden: may be a key\), Ann/);
      expect(failure).not.toContain(key);
    }
  });

  it.each([
    ['more cells', 'key,note\nAAAA,x\n"A\nA",x,y\n', /line 3, has more cells/],
    [
      'an unclosed quote',
      'key,note\nAAAA,x\nBBBB,"x\nCCCC,y\n',
      /line 3, begins a row whose quote is never closed/,
    ],
    [
      'two stray quotes',
      'key,note\nAAAA,"x\nBBBB,y"z\nCCCC,w\n',
      /line 2, begins a row with a cell of several lines/,
    ],
    ['a line break in a key', 'key,note\n"AA\nAA",x\n', /line 2, has a key with a line break/],
    ['bad UTF-8', Buffer.from('key,note\nAAAA,\xff\n', 'latin1'), /line 2, is not valid UTF-8/],
  ])('refuses %s, with the line', async (_, content, message) => {
    const failure = await saidOf(readBytes(content));
    expect(failure).toMatch(message);
    expect(failure).toMatch(/^damaged_file: /);
    expect(failure).not.toMatch(/AAAA|BBBB/);
  });

  it('refuses an unclosed quote in bounded memory', async () => {
    let sent = 0;
    async function* rows() {
      yield Buffer.from('key,note\nAAAA,"x\n');
      for (; sent < 1e9; sent += 50_000) yield Buffer.from('BBBB,x\n'.repeat(7000));
    }
    expect(await saidOf(parseKeyList('-', { stdin: rows() }))).toMatch(/line 2, begins a row over 1 MiB/);
    expect(sent).toBeLessThan(4 << 20);
  });
});

describe('JSON', () => {
  it.each([
    ['strings', '["AAAA", "BBBB"]', {}, ['AAAA', 'BBBB']],
    ['objects', ' [\n{"id":1,"licenseKey":"AAAA"},{"licenseKey":"BBBB"}]', {}, ['AAAA', 'BBBB']],
    ['objects and a column', '[{"key":1,"mine":"AAAA"}]', { column: 'mine' }, ['AAAA']],
    ['one list in an object', '{"schema":"x","keys":["AAAA"],"n":1}', {}, ['AAAA']],
    ['a pretty object', '{\n  "keys": [\n    "AAAA"\n  ]\n}\n', {}, ['AAAA']],
    ['an empty list', '[]', {}, []],
    ['__proto__', '[{"__proto__":"BBBB","key":"AAAA"}]', {}, ['AAAA']],
  ])('reads %s', async (_, content, options, keys) => {
    expect(await readBytes(content, options, 3)).toMatchObject({ kind: 'json', keys });
    expect(await readBytes(`\ufeff${content}`, options)).toMatchObject({ kind: 'json', keys });
  });

  it.each([
    ['a number', '["AAAA", 12]', /element 2, has no key as a string/],
    ['a broken list', '["AAAA", "BBBB"', /is broken/],
    ['a control character', '["AAAA","BB\\u0000BB"]', /element 2, has a key with a line break, control/],
    ['half a surrogate pair', '["AAAA","BB\\ud800"]', /element 2, has a key with/],
    ['a list in a list', '[["AAAA"]]', /element 1, has no key as a string/],
    ['bad UTF-8', Buffer.from('["AAAA\xff"]', 'latin1'), /is not valid UTF-8/],
  ])('refuses %s', async (_, content, message) => {
    const failure = await saidOf(readBytes(content));
    expect(failure).toMatch(message);
    expect(failure).toMatch(/^damaged_file: /);
    expect(failure).not.toMatch(/AAAA|BBBB/);
  });

  it('names the members when none is the key', async () => {
    expect(await saidOf(readBytes('[{"id":1,"name":"x"}]'))).toMatch(
      /^unclear_list: .*\(id as ….*, name as …\): name the one that does$/,
    );
  });

  it('refuses more than it is allowed', async () => {
    const list = JSON.stringify(Array.from({ length: 100_000 }, (_, index) => `KEY-${index}-0000`));
    expect((await readBytes(list, { mostJson: 2 ** 21 })).keys).toHaveLength(100_000);
    expect(await saidOf(readBytes(list, { mostJson: 2 ** 20 }))).toMatch(
      /^damaged_file: .*JSON over 1 MiB: write it as JSONL/,
    );
    expect(await saidOf(readBytes(list, { mostJson: 2 ** 19 }))).toMatch(/JSON over 512 KiB/);
  });

  it('refuses more than 128 MiB and suggests JSONL', async () => {
    async function* large() {
      yield Buffer.from('["A"');
      const chunk = Buffer.alloc(1 << 24, ' ');
      for (let i = 0; i < 17; i++) yield chunk;
    }
    expect(await saidOf(parseKeyList('-', { stdin: large() }))).toMatch(/over 128 MiB: write it as JSONL/);
  });

  it.each([
    ['strings', '"AAAA"\n\n"BBBB"\n', {}, ['AAAA', 'BBBB'], [1, 3]],
    ['objects', '{"id":1,"key":"AAAA"}\r\n{"key":"B\\u0042BB"}', {}, ['AAAA', 'BBBB'], [1, 2]],
    ['one object', '{"key":"AAAA"}\n', {}, ['AAAA'], [1]],
    [
      'objects with lists',
      '{"key":"AAAA","tags":["x"]}\n{"key":"BBBB","tags":[]}\n',
      {},
      ['AAAA', 'BBBB'],
      [1, 2],
    ],
    ['a column', '{"mine":"AAAA","key":""}', { column: 'mine' }, ['AAAA'], [1]],
  ])('reads JSONL of %s', async (_, content, options, keys, lines) => {
    expect(await readBytes(content, options, 3)).toMatchObject({ kind: 'jsonl', keys, lines });
  });

  it('refuses a broken line of JSONL by its number', async () => {
    expect(await saidOf(readBytes('{"key":"AAAA"}\n{"key":"BBBB"\n'))).toBe(
      'damaged_file: standard input, line 2, is no JSON: write a string or an object on each line',
    );
  });

  it('knows a manifest, which has no keys', async () => {
    const content = '{\n  "schema": "keywright/manifest/v1",\n  "files": []\n}\n';
    expect(await readBytes(content)).toMatchObject({ kind: 'manifest', keys: [], bytes: content.length });
    expect((await parseKeyList(file('m.csv', content))).kind).toBe('manifest');
    expect(await saidOf(readBytes(content.replace('v1', 'v2')))).toMatch(/^damaged_file: .*another version/);
  });
});

describe('what cannot be opened', () => {
  it('says so in plain words, control characters escaped', async () => {
    mkdirSync(join(folder, 'directory'));
    expect(await saidOf(openKeyFile(join(folder, 'no\x1bne')))).toMatch(
      /^missing_file: .*no\\u\{1b\}ne does not exist/,
    );
    expect(await saidOf(openKeyFile(join(folder, 'directory')))).toMatch(/^damaged_file: .* is a directory/);
    expect(await saidOf(openKeyFile(`${file('plain', 'A')}/x`))).toMatch(/^missing_file: /);
    expect(await saidOf(openKeyFile('a\0b'))).toMatch(/^missing_file: a\\u\{0\}b/);
    expect(await saidOf(openKeyFile('-'))).toMatch(/^missing_file: standard input/);
  });

  it('passes an error of the stream behind standard input on as damage', async () => {
    const failing = Readable.from(
      (async function* () {
        yield randomBytes(1).fill(65);
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
      })(),
    );
    expect(await saidOf(parseKeyList('-', { stdin: failing }))).toMatch(
      /^damaged_file: .*cannot be read \(EIO\)/,
    );
  });
});
