import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { publishRecorded } from '../../../src/node/issue/recorded-files.js';
import type { Claim } from '../../../src/node/ledger/model/ledger.js';
import { newFolder } from '../../new-folder.js';

/** What another run does at the moment when a file is about to be read. */
const other = vi.hoisted(() => ({ run: (_: string) => {} }));
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  return {
    ...real,
    createReadStream: (path: string, options: { readonly highWaterMark: number }) => {
      other.run(path);
      return real.createReadStream(path, options);
    },
  };
});

const claim: Claim = {
  id: 'spring',
  shard: '1/1',
  kind: 'generate',
  attempt: 2,
  drawn: 1,
  token: '',
  state: 'prepared',
  at: new Date(0),
  doneAt: null,
  prepared: null,
};

it.each([false, true])(
  'files that another run publishes at every moment are published (force: %s)',
  async (force) => {
    const folder = newFolder();
    const files = ['a.txt', 'b.txt', 'c.manifest.json'].map((name) => {
      const [temporary, path] = [join(folder, `.${name}.spring.1.tmp`), join(folder, name)];
      fs.writeFileSync(temporary, name);
      const sha256 = createHash('sha256').update(name).digest('hex');
      return { temporary, path, bytes: name.length, sha256 };
    });
    other.run = (reading) => {
      const file = files.find(({ temporary }) => temporary === reading);
      if (file === undefined || !fs.existsSync(file.temporary)) return;
      if (force) fs.renameSync(file.temporary, file.path);
      else {
        fs.linkSync(file.temporary, file.path);
        fs.unlinkSync(file.temporary);
      }
    };
    await publishRecorded(claim, files, { force, resumed: true });
    expect(fs.readdirSync(folder).toSorted()).toStrictEqual(files.map(({ path }) => basename(path)));
  },
);
