import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';
import { type LockedRegistry, openRegistry, pack } from './locked-registry.js';

const run = promisify(execFile);

describe('npm, with what npm ci left in its cache', { timeout: 120_000 }, () => {
  const folder = newFolder();
  let registry: LockedRegistry;
  let tarball = '';

  beforeAll(async () => {
    tarball = pack(folder);
    registry = await openRegistry();
  }, 60_000);
  afterAll(() => registry.close());

  it('runs the command from a tarball', async () => {
    const command = ['--yes', `./${tarball}`, 'generate', '-n', '10'];
    const { stdout } = await run('npx', command, { cwd: folder, env: { ...process.env, ...registry.env } });
    expect(stdout).toMatch(/^([0-9A-Z]{5}(-[0-9A-Z]{5}){4}\n){10}$/);
  });

  it('puts the command on the path, and its page where man finds it', async () => {
    const prefix = join(folder, 'global');
    await run('npm', ['install', '-g', `./${tarball}`], {
      cwd: folder,
      env: { ...process.env, ...registry.env, NPM_CONFIG_PREFIX: prefix },
    });
    const { stdout } = await run(join(prefix, 'bin/keywright'), ['--version']);
    expect(`keywright-${stdout.trim()}.tgz`).toBe(tarball);
    expect(readFileSync(join(prefix, 'share/man/man1/keywright.1'), 'utf8')).toContain('.TH KEYWRIGHT 1 ');
  });
});
