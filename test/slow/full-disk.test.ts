import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLedger, openLedger } from '../../src/node/ledger/open-ledger.js';
import { allEngines } from '../node/issue/crash-engines.js';
import { CrashSite, type CrashSiteOptions } from '../node/issue/crash-site.js';
import { runKeywright } from '../node/issue/crashing-run.js';
import { SmallDisk } from './small-disk.js';

const SIGNER = fileURLToPath(new URL('../../keys/demo-ed25519.private.pem', import.meta.url));
const disk = new SmallDisk();
const mountable = disk.mount();
if (mountable) disk.unmount();
else process.stderr.write('No file system may be mounted here: full disks are not tested.\n');

async function openSite(options: CrashSiteOptions): Promise<CrashSite> {
  const site = new CrashSite(options);
  await site.open();
  return site;
}

const oldKeys = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `OLD-${String(from + index).padStart(20, '0')}\n`).join('');

describe.skipIf(!mountable).each(allEngines())('on a full disk: $name', (engine) => {
  beforeEach(() => expect(disk.mount()).toBe(true));
  afterEach(() => disk.unmount());
  const possible = engine.node !== undefined;

  it.skipIf(!possible)('files: the batch comes to its end when there is space again', async () => {
    const site = await openSite({ engine, keys: 5000, output: disk.folder });
    site.folderOf('full');
    disk.fill();
    const { code, stderr } = await site.run('full');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^keywright: [^\n]*the disk is full[^\n]*\n$/);
    expect(readdirSync(site.folderOf('full'))).toStrictEqual([]);
    disk.free();
    expect(await site.expectResumed('full')).toBe('reserving');
    await site.close();
  });

  it.skipIf(!possible || engine.name === 'PostgreSQL')('the ledger: so it does', async () => {
    const site = await openSite({ engine, keys: 20_000, ledger: disk.folder });
    disk.fill();
    const { code, stderr } = await site.run('full');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^keywright: the ledger [^\n]* cannot grow, the disk is full[^\n]*\n$/);
    expect(readdirSync(site.folderOf('full'))).toStrictEqual([]);
    disk.free();
    await site.expectResumed('full');
    await site.close();
  });

  it.skipIf(!possible || engine.name === 'PostgreSQL')(
    'a copy into a ledger there: nothing, or all',
    async () => {
      const site = await openSite({ engine, keys: 20_000 });
      expect(await site.run('copied')).toMatchObject({ code: 0 });
      const target = join(disk.folder, 'copy.db');
      await createLedger(target, { now: new Date() });
      disk.fill();
      const copy = () =>
        runKeywright({
          node: engine.node ?? [],
          args: ['ledger', 'copy', site.place, target],
          cwd: site.folderOf('copied'),
          tmp: site.temporaryOf('copied'),
        });
      const { code, stderr } = await copy();
      expect([code, stderr]).toStrictEqual([
        3,
        expect.stringMatching(/^keywright: the ledger [^\n]* cannot grow, the disk is full[^\n]*\n$/),
      ]);
      disk.free();
      const batches = async () => {
        const opened = await openLedger(target);
        const all = await opened.batches();
        await opened.close();
        return all.map(({ recorded }) => recorded);
      };
      expect(await batches()).toStrictEqual([]);
      expect(await copy()).toMatchObject({ code: 0, stderr: '' });
      expect(await batches()).toStrictEqual([20_000]);
      await site.close();
    },
  );

  it.skipIf(!possible)('TMPDIR: only an import from a long pipe needs it, and records nothing', async () => {
    const site = await openSite({ engine, keys: 50_000, tmp: disk.folder });
    const [cwd, tmp] = [site.folderOf('full'), site.temporaryOf('full')];
    disk.fill();
    expect(() => writeFileSync(join(disk.folder, 'more'), 'more')).toThrow(/ENOSPC/);
    expect(await site.run('full')).toMatchObject({ code: 0, stderr: '' });
    await site.expectSound('full');

    const run = async (args: readonly string[], stdin = '', end = /^exit 0 $/) => {
      const { code, stderr } = await runKeywright({ node: engine.node ?? [], args, cwd, tmp, stdin });
      expect(`exit ${code} ${stderr.replace(/^keywright: warning: a demo key .*\n/, '')}`).toMatch(end);
      expect(readdirSync(tmp)).toStrictEqual([]);
    };
    writeFileSync(join(cwd, 'old.txt'), oldKeys(0, 50_000));
    await run(['ledger', 'import', site.place, 'old.txt', '--batch-id', 'old']);
    const piped = ['ledger', 'import', site.place, '-', '--batch-id', 'piped'];
    await run(
      piped,
      oldKeys(40_000, 50_000),
      /^exit 3 keywright: cannot write .* \(ENOSPC\), the disk is full: .*\n$/,
    );
    const parameters = ['product_id=1', 'activation_limit=0', 'validity=365', 'status=available'];
    const set = parameters.flatMap((parameter) => ['--set', parameter]);
    const output = ['-o', 'answer.json', '--report', 'report.csv'];
    const ledger = ['--ledger', site.place, '--batch-id', 'bulk'];
    await run(['bulk-create', 'keys-0001.txt', ...set, '--private-key', SIGNER, ...output, ...ledger]);

    const opened = await openLedger(site.place);
    expect((await opened.batches()).map(({ id }) => id)).toStrictEqual(['full', 'old', 'bulk']);
    disk.free();
    await run(piped, oldKeys(40_000, 50_000));
    expect((await opened.status()).keys).toStrictEqual({ issued: 140_000, created: 25_000 });
    expect((await opened.batches()).map(({ state }) => state)).toStrictEqual([
      'done',
      'done',
      'done',
      'done',
    ]);
    expect(await opened.verify()).toStrictEqual([]);
    await opened.close();
    await site.close();
  });
});
