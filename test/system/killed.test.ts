import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';

const COMMAND = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = newFolder();
  mkdirSync(join(folder, 'tmp'));
});

const left = () => readdirSync(folder, { recursive: true }).map(String).toSorted();

/** Starts a partitioned run and kills it as soon as its output has a temporary name; its exit code or signal. */
async function killed(signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown> {
  const args = ['dedupe', 'in.txt', '-o', 'out.txt', '--memory', '1M', '--tmp-dir', 'tmp', '--quiet'];
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: 'ignore' });
  const exit = once(child, 'exit');
  while (!left().some((name) => name.startsWith('.out.txt.') && name.includes(`-${child.pid}-`))) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it could be killed`);
    await setTimeout(1);
  }
  child.kill(signal);
  const [code, by] = await exit;
  return code ?? by;
}

describe('keywright dedupe, killed in mid-run', () => {
  const lines = Array.from({ length: 500_000 }, (_, i) => `KEY${i % 400_000}\n`);
  beforeEach(() => writeFileSync(join(folder, 'in.txt'), lines.join('')));

  it('leaves no output, and no temporary file after the next start', async () => {
    expect(await killed('SIGKILL')).toBe('SIGKILL');
    expect(existsSync(join(folder, 'out.txt'))).toBe(false);
    expect(await killed('SIGTERM')).toBe(143);
    expect(left()).toEqual(['in.txt', 'tmp']);
  });

  it('does it all at the next start', async () => {
    expect(await killed('SIGKILL')).toBe('SIGKILL');
    const args = ['dedupe', 'in.txt', '-o', 'out.txt', '--tmp-dir', 'tmp', '--quiet'];
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: 'ignore' });
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(left()).toEqual(['in.txt', 'out.txt', 'tmp']);
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe(lines.slice(0, 400_000).join(''));
  });
});
