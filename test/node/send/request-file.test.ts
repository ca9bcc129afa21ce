import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFileLock } from '../../../src/node/publish/file-lock.js';
import { previewRequests } from '../../../src/node/send/preview.js';
import { newFolder } from '../../new-folder.js';
import { CALM, prepare, send, serverOf } from './rehearsal.js';

describe('requests under another name, a symbolic link', () => {
  it('have the journal, the manifest and the lock of the file itself', async () => {
    const prepared = prepare('cryptlex', 3);
    const server = await serverOf('cryptlex', CALM);
    const path = join(newFolder(), 'link.jsonl');
    symlinkSync(prepared.path, path);
    expect(await send({ path }, server.exchange, { limit: 1 })).toMatchObject({
      created: 1,
      journal: `${prepared.path}.journal`,
    });
    expect(await previewRequests(path)).toMatchObject({ requests: 2 });
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 2, done: 3 });
    expect(await send({ path }, server.exchange)).toMatchObject({ created: 0, done: 3, calls: 0 });
    expect(await server.keys()).toEqual(prepared.keys);
    await withFileLock(prepared.path, async () => {
      await expect(send({ path }, server.exchange)).rejects.toMatchObject({ code: 'unwritable_file' });
    });
  });
});
