import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createLedger, openLedger } from '../../src/node/ledger/open-ledger.js';
import { codeOf } from '../failure.js';
import { newFolder } from '../new-folder.js';
import { canTrace, runKeywright } from '../node/issue/crashing-run.js';

const COMMAND = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));

it('a rotation that is killed at any moment leaves a ledger that one of both secrets opens', async () => {
  const folder = newFolder();
  const place = join(folder, 'issued.db');
  const secrets = [randomBytes(32), randomBytes(32)];
  const file = (at: number) => join(folder, `${at}.secret`);
  for (const [at, secret] of secrets.entries())
    writeFileSync(file(at), secret.toString('hex'), { mode: 0o600 });
  await createLedger(place, { secret: secrets[0], now: new Date() });
  let held = 0;
  const ends = new Set<string>();
  // How long it takes from beginning to end; the first one is let through.
  let whole = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 24; run++) {
    const started = performance.now();
    const words = ['--secret-file', file(held), '--new-secret-file', file(1 - held), '--quiet'];
    const child = spawn(process.execPath, [COMMAND, 'ledger', 'rotate', place, ...words], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    if (run === 0) await ended;
    else await Promise.race([ended, delay((whole * run) / 20)]);
    child.kill('SIGKILL');
    await ended;
    if (run === 0) whole = performance.now() - started;
    const opened = await Promise.all(
      secrets.map(async (secret) => {
        const opening = openLedger(place, { secret });
        await opening.then((ledger) => ledger.close()).catch(() => undefined);
        return codeOf(opening);
      }),
    );
    expect(opened.toSorted()).toStrictEqual(['resolved', 'wrong_secret']);
    const now = opened.indexOf('resolved');
    ends.add(now === held ? 'old' : 'new');
    held = now;
  }
  expect([...ends].toSorted()).toStrictEqual(['new', 'old']);
});

it.skipIf(!canTrace())('a first secret that is killed at any fsync is there, or not at all', async () => {
  const folder = newFolder();
  const secret = randomBytes(32);
  const secretFile = join(folder, 'first.secret');
  writeFileSync(secretFile, secret.toString('hex'), { mode: 0o600 });
  const ends = new Set<string>();
  for (let number = 1, killed = true; killed; number++) {
    const place = join(folder, `bare-${number}.db`);
    await createLedger(place, { now: new Date() });
    const args = ['ledger', 'rotate', place, '--new-secret-file', secretFile];
    const crash = { call: { names: 'fsync,fdatasync', number } };
    const run = { node: [process.execPath], args, cwd: folder, tmp: folder };
    killed = (await runKeywright({ ...run, crash })).code === null;
    const opened = await Promise.all(
      [undefined, secret].map(async (given) => {
        const opening = openLedger(place, { secret: given });
        await opening.then((ledger) => ledger.close()).catch(() => undefined);
        return codeOf(opening);
      }),
    );
    expect(opened.toSorted()).toStrictEqual(['resolved', 'wrong_secret']);
    ends.add(opened[0] === 'resolved' ? 'bare' : 'secret');
    // The same command again finishes it, or says that it was done.
    expect(await runKeywright(run)).toMatchObject({ code: expect.toBeOneOf([0, 1]) });
    expect(await codeOf(openLedger(place, { secret }).then((ledger) => ledger.close()))).toBe('resolved');
  }
  expect([...ends].toSorted()).toStrictEqual(['bare', 'secret']);
});
