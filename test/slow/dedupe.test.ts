import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { auditFiles, dedupeFiles } from '../../dist/node.js';
import { newFolder } from '../new-folder.js';

const folder = newFolder();

const COUNT = Number(process.env.KEYWRIGHT_LINES ?? 10_000_000);
const A = 1 << 16;

/** The id of each line: in every ten lines the last one repeats one further up. */
function idOf(line: number): number {
  return line % 10 === 9 && line > 9 ? ((line * 7) % (line - 9)) - (((line * 7) % (line - 9)) % 10) : line;
}

function keyOf(id: number): string {
  const digits = `${id.toString(36)}${Math.imul(id, 0x9e3779b1) >>> 0}`.toUpperCase().padStart(25, 'K');
  return `${digits.match(/.{5}/g)?.join('-')}\n`;
}

/** Writes the keys of the lines that `takes` picks; returns their hash. */
async function write(path: string | undefined, takes: (line: number) => boolean): Promise<string> {
  const hash = createHash('sha256');
  const stream = path === undefined ? undefined : createWriteStream(path);
  let part = '';
  for (let line = 0; line < COUNT; line++) {
    if (takes(line)) part += keyOf(idOf(line));
    if (part.length < A && line < COUNT - 1) continue;
    hash.update(part);
    if (stream?.write(part) === false) await once(stream, 'drain');
    part = '';
  }
  if (stream !== undefined) await finished(stream.end());
  return hash.digest('hex');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

it(`${COUNT} lines, in memory and within 64 MiB: the same file, in order`, async () => {
  const [path, out] = [join(folder, 'keys.txt'), join(folder, 'out.txt')];
  await write(path, () => true);
  const isFirst = (line: number) => idOf(line) === line;
  const wanted = await write(undefined, isFirst);
  const duplicates = Math.floor(COUNT / 10) - 1;
  for (const memory of [undefined, 64 * 2 ** 20]) {
    const started = performance.now();
    const result = await dedupeFiles([path], { out, memory, force: true, tmpDir: folder });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const rss = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(
      `${COUNT} lines, partitioned: ${result.partitioned}: ${seconds} s, peak so far ${rss} MiB\n`,
    );
    expect(result).toMatchObject({ read: COUNT, partitioned: memory !== undefined });
    expect(result.read - result.kept).toBe(result.duplicates);
    expect(Math.abs(result.duplicates - duplicates)).toBeLessThanOrEqual(1);
    expect(result.bytes).toBe(statSync(out).size);
    expect(await hashOf(out)).toBe(wanted);
    expect(await auditFiles([out], { against: [path], memory })).toMatchObject({
      kept: 0,
      known: result.kept,
    });
  }
});
