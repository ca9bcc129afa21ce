import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CrashSite, canTrace } from '../node/ledger/crash-site.js';
import { newFolder } from '../node/ledger/issuing.js';
import { inSchema, inServer, postgresServer } from '../node/ledger/postgres-server.js';

const KILLS = Number(process.env['KEYWRIGHT_KILLS'] ?? 500);
const server = await postgresServer();
const schema = `keywright_crashes_${process.pid}_${randomBytes(4).toString('hex')}`;

const SITES = ['random', 'calls'] as const;

const engines: readonly (readonly [name: string, place: (site: string) => { readonly place?: string }])[] = [
  ['SQLite', () => ({})],
  ...(server === undefined
    ? []
    : [['PostgreSQL', (site: string) => ({ place: inSchema(server, `${schema}_${site}`) })] as const]),
];

beforeAll(async () => {
  if (server !== undefined)
    for (const site of SITES) await inServer(server, `CREATE SCHEMA ${schema}_${site}`);
});
afterAll(async () => {
  if (server !== undefined)
    for (const site of SITES) await inServer(server, `DROP SCHEMA ${schema}_${site} CASCADE`);
});

describe.each(engines)('a batch through a ledger, killed, each time resumed: %s', (_, place) => {
  const random = new CrashSite({ keys: 1000, ...place('random') });
  // Few keys, for each may be another page to write.
  const calls = new CrashSite({ keys: 20, ...place('calls') });
  beforeAll(() => Promise.all([random.open(), calls.open()]));
  afterAll(() => Promise.all([random.close(), calls.close()]));

  it(`${KILLS} times at random moments`, async () => {
    const whole = await random.run('whole');
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    await random.expectSound('whole');
    let killed = 0;
    for (let round = 0; round < KILLS; round++) {
      const batch = `random-${round}`;
      const { code } = await random.run(batch, { after: whole.milliseconds * (0.2 + 0.9 * Math.random()) });
      if (code === null) killed++;
      await random.expectResumed(batch);
    }
    process.stderr.write(`killed ${killed} of ${KILLS}\n`);
    expect(killed).toBeGreaterThan(KILLS / 3);
  }, 36_000_000);

  it
    .skipIf(!canTrace())
    .each([
      'fsync',
      'fdatasync',
      'link,linkat',
      'rename,renameat,renameat2',
      'write',
      'pwrite64',
      'unlink,unlinkat',
    ])(
    'at the first, the second … call of %s',
    async (names) => {
      for (let number = 1; ; number++) {
        const batch = `${names.split(',')[0]}-${number}`;
        const { code } = await calls.run(batch, { call: [names, number] });
        if (code === 0) {
          await calls.expectSound(batch);
          process.stderr.write(`${names}: ${number - 1} crashes\n`);
          break;
        }
        expect(code, batch).toBe(null);
        await calls.expectResumed(batch);
      }
    },
    36_000_000,
  );
});

const mounted = join(newFolder(), 'disk');
mkdirSync(mounted);
const mount = () => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted]).status === 0;
const unmount = () => spawnSync('umount', ['-l', mounted]);

function canMount(): boolean {
  const can = mount();
  if (can) unmount();
  else process.stderr.write('No file system may be mounted here: full disks are not tested.\n');
  return can;
}

describe.skipIf(!canMount())('a batch through a ledger on a full disk', () => {
  const filler = join(mounted, 'filler');
  const fill = () => {
    const { bavail, bsize } = statfsSync(mounted);
    writeFileSync(filler, Buffer.alloc(Number(bavail) * Number(bsize)));
  };
  beforeEach(() => expect(mount()).toBe(true));
  afterEach(unmount);

  it('of files: comes to its end when there is space again', async () => {
    const place = join(newFolder(), 'issued.db');
    const site = new CrashSite({ keys: 5000, place, folder: mounted });
    await site.open();
    site.folderOf('full');
    fill();
    const { code, stderr } = await site.run('full');
    expect(code).toBe(3);
    expect(stderr).toMatch(/the disk is full/);
    expect(readdirSync(site.folderOf('full'))).toStrictEqual([]);
    rmSync(filler);
    await site.expectResumed('full');
    await site.close();
  });

  it('of the ledger: comes to its end when there is space again', async () => {
    const place = join(mounted, 'issued.db');
    const site = new CrashSite({ keys: 20_000, place });
    await site.open();
    fill();
    const { code, stderr } = await site.run('full');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^keywright: .*issued\.db/);
    expect(readdirSync(site.folderOf('full'))).toStrictEqual([]);
    rmSync(filler);
    await site.expectResumed('full');
    await site.close();
  });
});
