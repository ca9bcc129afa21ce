import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTextFile, textFileLines } from '../../../src/node/files/text-file.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const folder = newFolder();

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesOf(bytes: Uint8Array, size = 1 << 16, most?: number): Promise<readonly string[]> {
  const lines: string[] = [];
  const options = { stdin: chunks(bytes, size), ...(most !== undefined && { most }) };
  for await (const line of textFileLines('-', options)) lines.push(line);
  return lines;
}

describe('readTextFile', () => {
  it('reads all, with its byte order mark', async () => {
    const path = join(folder, 'bom.txt');
    writeFileSync(path, '\ufeffé\r\n');
    expect(await readTextFile(path)).toBe('\ufeffé\r\n');
  });

  it.each([
    ['nothing', Buffer.alloc(0), /is empty/],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), /is UTF-16/],
    ['broken UTF-8', Buffer.from([0x7b, 0xff]), /not valid UTF-8/],
    ['too much', Buffer.alloc(11, 0x20), /far too long/],
  ])('refuses %s', async (_, bytes, message) => {
    const error = await failureOf(() => readTextFile('-', { stdin: chunks(bytes, 4), most: 10 }));
    expect(error).toMatchObject({ code: 'damaged_file', message: expect.stringMatching(message) });
  });

  it('says what it cannot open, unless that looks like a key', async () => {
    expect(await failureOf(() => readTextFile(join(folder, 'absent')))).toMatchObject({
      code: 'missing_file',
      cause: { code: 'ENOENT' },
    });
    expect(await failureOf(() => readTextFile(folder))).toMatchObject({ code: 'damaged_file' });
    for (const secret of ['ab'.repeat(32), '-----BEGIN PRIVATE KEY-----', '{"d":1}', 'Ab1'.repeat(15)]) {
      const { message } = await failureOf(() => readTextFile(secret));
      expect(message).toMatch(/^the path \(unsaid, for it looks like a key\) does not exist/);
    }
  });
});

describe('textFileLines', () => {
  it('yields the same lines however the bytes are cut', async () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n\ufeff]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const text = lines.map((line) => `${line}\r\n`).join('');
        expect(await linesOf(Buffer.from(text), size)).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });

  it('reads a last line without its end, empty lines, and drops one byte order mark', async () => {
    expect(await linesOf(Buffer.from('\ufeffa\n\nb'), 1)).toEqual(['a', '', 'b']);
    expect(await linesOf(Buffer.alloc(0))).toEqual([]);
  });

  it('refuses a line without end, and broken UTF-8', async () => {
    expect((await failureOf(() => linesOf(Buffer.alloc(100, 0x61), 10, 50))).message).toMatch(/far too long/);
    expect((await failureOf(() => linesOf(Buffer.from([0x61, 0xc3])))).message).toMatch(/UTF-8/);
  });
});
