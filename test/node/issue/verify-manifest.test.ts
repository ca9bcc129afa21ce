import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyManifest } from '../../../src/node/issue/verify-manifest.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf, freshKeys } from '../ledger/contract.js';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function listed(keys: readonly string[]): string {
  return keys.map((key) => `${key}\n`).join('');
}

/** What differs from a batch as it should be. */
interface Changes {
  /** Members of the manifest as it lies there; the record is of one without them. */
  readonly part?: object;
  /** Members of the manifest that was published. */
  readonly published?: object;
}

/** A done batch of `recorded` keys, whose manifest describes a file of `written`. */
async function published(
  recorded: readonly string[],
  written: readonly string[],
  { part = {}, published = {} }: Changes = {},
) {
  const folder = newFolder();
  const [path, manifest] = [join(folder, 'keys.txt'), join(folder, 'keys.txt.manifest.json')];
  const text = listed(written);
  const told = {
    schema: 'keywright/manifest/v1',
    canonical: 1,
    batch: 'b',
    count: written.length,
    shard: { index: 2, of: 3 },
    files: [{ path: 'keys.txt', sha256: sha256(text) }],
    ...published,
  };
  writeFileSync(path, text);
  writeFileSync(manifest, JSON.stringify({ ...told, ...part }));
  const ledger = memoryLedger();
  const claim = await ledger.claim(batchOf({ id: 'b', shard: { index: 2, of: 3 } }));
  await ledger.reserve(claim, 0, keyTexts(recorded));
  // The folder had another name when the batch was made.
  const files = [
    ['keys.txt', text],
    ['keys.txt.manifest.json', JSON.stringify(told)],
  ].map(([name = '', content = '']) => ({
    temporary: `/was/.${name}.tmp`,
    path: `/was/${name}`,
    bytes: content.length,
    sha256: sha256(content),
  }));
  await ledger.prepare(claim, { files, report: '' });
  await ledger.done(claim, new Date());
  return { ledger, folder, path, manifest, text };
}

describe('a manifest and its files', () => {
  it('are all in the ledger, and nothing else is', async () => {
    const keys = freshKeys(50);
    const { ledger, manifest } = await published(keys, keys);
    expect(await verifyManifest(ledger, manifest)).toStrictEqual([]);
  });

  it('that hold less or more than was recorded are told', async () => {
    const keys = freshKeys(50);
    const [stranger = ''] = freshKeys(1);
    const less = await published(keys, keys.slice(1));
    expect(await verifyManifest(less.ledger, less.manifest)).toStrictEqual([
      'the ledger holds 50 keys of batch b (2/3), its files 49',
    ]);
    const twice = await published(keys, [...keys.slice(1), keys[2] ?? '']);
    expect(await verifyManifest(twice.ledger, twice.manifest)).toHaveLength(1);
    const more = await published(keys, [...keys, stranger]);
    expect(await verifyManifest(more.ledger, more.manifest)).toStrictEqual([
      `${more.path}: 1 of its keys are not in the ledger`,
    ]);
    const other = await published(keys, [...keys, stranger]);
    const claim = await other.ledger.claim(batchOf({ id: 'other' }));
    await other.ledger.reserve(claim, 0, keyTexts([stranger]));
    expect(await verifyManifest(other.ledger, other.manifest)).toStrictEqual([
      `${other.path}: 1 of its keys belong to another batch`,
    ]);
  });

  it('that were changed, or are of another batch, are told', async () => {
    const keys = freshKeys(5);
    const changed = await published(keys, keys);
    writeFileSync(changed.path, listed(keys.toReversed()));
    expect(await verifyManifest(changed.ledger, changed.manifest)).toStrictEqual([
      `${changed.path} is not the file that the manifest describes`,
    ]);
    const unknown = await published(keys, keys, { part: { batch: 'c' } });
    expect(await verifyManifest(unknown.ledger, unknown.manifest)).toContain(
      'batch c (2/3) is not done in this ledger',
    );
    const exact = await published(keys, keys, { part: { canonical: 'exact' } });
    expect(await verifyManifest(exact.ledger, exact.manifest)).toHaveLength(1);
  });

  it('that were changed together do not deceive: the ledger keeps the hashes', async () => {
    const keys = freshKeys(5);
    const other = listed(keys.toReversed());
    const files = [{ path: 'keys.txt', sha256: sha256(other) }];
    const { ledger, path, manifest } = await published(keys, keys, { part: { files } });
    writeFileSync(path, other);
    expect(await verifyManifest(ledger, manifest)).toStrictEqual([
      `${manifest} gives another hash of keys.txt than the ledger`,
    ]);
    const renamed = await published(keys, keys, { part: { createdAt: '2027-01-01T00:00:00Z' } });
    expect(await verifyManifest(renamed.ledger, renamed.manifest)).toStrictEqual([
      `${renamed.manifest} is not as it was published`,
    ]);
    const none = await published(keys, keys, { part: { files: [] } });
    expect(await verifyManifest(none.ledger, none.manifest)).toStrictEqual([
      `${none.manifest} leaves out keys.txt`,
    ]);
  });

  it.each(['../elsewhere.txt', 'link.txt', '/etc/hostname', 'folder', 'keys.txt/../../elsewhere.txt'])(
    'lead nowhere else: %s is not read',
    async (name) => {
      const keys = freshKeys(3);
      const files = [{ path: name, sha256: sha256('') }];
      const { ledger, folder, manifest } = await published(keys, keys, { published: { files } });
      const elsewhere = join(newFolder(), 'elsewhere.txt');
      writeFileSync(elsewhere, 'not a list \0');
      symlinkSync(elsewhere, join(folder, 'link.txt'));
      mkdirSync(join(folder, 'folder'));
      // To read it would throw, for it is no list.
      expect(await verifyManifest(ledger, manifest)).toContainEqual(
        expect.stringMatching(/, which (lies outside its folder and was not read|is no plain file)$/),
      );
    },
  );

  it('lead outside where that was said', async () => {
    const keys = freshKeys(3);
    const elsewhere = join(newFolder(), 'elsewhere.txt');
    writeFileSync(elsewhere, listed(keys));
    const files = [{ path: elsewhere, sha256: sha256(listed(keys)) }];
    const { ledger, manifest } = await published(keys, keys, { published: { files } });
    expect(await verifyManifest(ledger, manifest, { outside: true })).toStrictEqual([
      expect.stringMatching(/, which the batch did not publish$/),
      `${manifest} leaves out keys.txt`,
    ]);
    expect(await verifyManifest(ledger, manifest)).toHaveLength(3);
  });

  it('are read once', async () => {
    const keys = freshKeys(3);
    const file = { path: 'keys.txt', sha256: sha256(listed(keys)) };
    const files = [file, { ...file, path: './keys.txt' }, { ...file, path: 'twin.txt' }];
    const { ledger, folder, path, manifest } = await published(keys, keys, { published: { files } });
    symlinkSync(path, join(folder, 'twin.txt'));
    const faults = await verifyManifest(ledger, manifest);
    for (const name of ['./keys.txt', 'twin.txt'])
      expect(faults).toContain(`${manifest} names ${name} twice`);
  });

  it.each([
    { batch: undefined },
    { schema: 'keywright/manifest/v2' },
    { files: 'none' },
    { files: [{}] },
    { count: -1 },
    { count: 1e300 },
  ])('need a manifest that is one: %j', async (part) => {
    const { ledger, manifest } = await published(freshKeys(1), freshKeys(1), { part });
    expect(await codeOf(verifyManifest(ledger, manifest))).toBe('damaged_file');
  });
});
