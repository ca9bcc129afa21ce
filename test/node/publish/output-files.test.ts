import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OutputFiles } from '../../../src/node/publish/output-files.js';
import { codeOf, saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const faults = vi.hoisted(() => ({ link: '', linkAfter: 0, rename: '', renameAfter: 0 }));

// Some file systems have no hard links, and a rename fails when nobody expects it.
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const failing = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });
  return {
    ...real,
    linkSync: (from: string, to: string) => {
      if (faults.link !== '' && faults.linkAfter-- <= 0) throw failing(faults.link, 'link');
      real.linkSync(from, to);
    },
    renameSync: (from: string, to: string) => {
      if (faults.rename !== '' && faults.renameAfter-- === 0) throw failing(faults.rename, 'rename');
      real.renameSync(from, to);
    },
  };
});

let folder = '';
const at = (name: string) => join(folder, name);
const text = (value: string) => new TextEncoder().encode(value);

const shell = (command: string, path: string) =>
  execFileSync('sh', ['-c', command, 'sh', path], { stdio: 'pipe' });

/** Everything in the folder: names and contents. */
function listing(): Record<string, string> {
  return Object.fromEntries(
    fs
      .readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        fs.statSync(at(name)).isFile() ? fs.readFileSync(at(name), 'utf8') : '(no file)',
      ]),
  );
}

async function writeAll(files: OutputFiles, contents: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(contents))
    await (await files.create(at(name))).write(text(content));
}

beforeEach(() => {
  folder = fs.realpathSync(newFolder());
  Object.assign(faults, { link: '', linkAfter: 0, rename: '', renameAfter: 0 });
});

describe('publication', () => {
  it('shows nothing before, everything after, with bytes and hash, mode 0600', async () => {
    const files = new OutputFiles();
    await writeAll(files, { 'keys.txt': 'AAAA\n', 'keys.txt.manifest.json': '{}\n' });
    const names = Object.keys(listing());
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(name).toMatch(/^\.keys\.txt(\.manifest\.json)?\.[0-9a-f]{8}-[0-9]+-[0-9a-f]{16}\.tmp$/);
      expect(fs.statSync(at(name)).mode & 0o777).toBe(0o600);
    }
    expect(await files.publish()).toEqual([
      { path: at('keys.txt'), bytes: 5, sha256: createHash('sha256').update('AAAA\n').digest('hex') },
      {
        path: at('keys.txt.manifest.json'),
        bytes: 3,
        sha256: createHash('sha256').update('{}\n').digest('hex'),
      },
    ]);
    await files.discard();
    files.discardSync();
    expect(listing()).toEqual({ 'keys.txt': 'AAAA\n', 'keys.txt.manifest.json': '{}\n' });
    expect(fs.statSync(at('keys.txt'))).toMatchObject({ nlink: 1 });
    expect(fs.statSync(at('keys.txt')).mode & 0o777).toBe(0o600);
    await expect(files.create(at('more.txt'))).rejects.toThrow('published or discarded');
    await expect(files.publish()).rejects.toThrow('published or discarded');
  });

  it('writes any sizes through its two buffers, though the caller reuses its own', async () => {
    const files = new OutputFiles();
    const file = await files.create(at('keys.bin'));
    const hash = createHash('sha256');
    const buffer = new Uint8Array(3_000_001);
    let total = 0;
    for (const size of [0, 1, (1 << 20) - 1, 1 << 20, 3_000_001, 5, 700_000, 700_000]) {
      const piece = buffer.subarray(0, size);
      piece.set(randomBytes(size));
      hash.update(piece);
      total += size;
      await file.write(piece);
      piece.fill(0);
    }
    const sha256 = hash.digest('hex');
    expect(await files.publish()).toEqual([{ path: at('keys.bin'), bytes: total, sha256 }]);
    expect(
      createHash('sha256')
        .update(fs.readFileSync(at('keys.bin')))
        .digest('hex'),
    ).toBe(sha256);
  });

  it('prepares: bytes on disk, temporary names told, nothing published', async () => {
    const files = new OutputFiles();
    await writeAll(files, { 'keys.txt': 'AAAA\n' });
    const [durable] = await files.finish();
    expect(durable).toMatchObject({ path: at('keys.txt'), bytes: 5 });
    expect(fs.readFileSync(durable?.temporary ?? '', 'utf8')).toBe('AAAA\n');
    expect(fs.existsSync(at('keys.txt'))).toBe(false);
    await files.publish();
    expect(listing()).toEqual({ 'keys.txt': 'AAAA\n' });
  });

  it('publishes empty files, and names of 255 bytes', async () => {
    const name = `${'k'.repeat(251)}.txt`;
    const files = new OutputFiles();
    await writeAll(files, { [name]: '', 'é.txt': '' });
    await files.publish();
    expect(listing()).toEqual({ [name]: '', 'é.txt': '' });
  });
});

describe('what exists already', () => {
  it('is refused at creation, and nothing of the set is left', async () => {
    fs.writeFileSync(at('b.txt'), 'old');
    const files = new OutputFiles();
    await writeAll(files, { 'a.txt': 'new' });
    expect(await saidOf(files.create(at('b.txt')))).toBe(
      `file_exists: ${at('b.txt')} exists already: choose another name, or replace it`,
    );
    expect(listing()).toEqual({ 'b.txt': 'old' });
  });

  it('is refused at publication when it came later, and those already published go', async () => {
    const files = new OutputFiles();
    await writeAll(files, { 'a.txt': 'new', 'b.txt': 'new', 'c.txt': 'new' });
    fs.writeFileSync(at('b.txt'), 'theirs');
    expect(await saidOf(files.publish())).toMatch(/^file_exists: /);
    expect(listing()).toEqual({ 'b.txt': 'theirs' });
  });

  it('is replaced with force, originals let go', async () => {
    fs.writeFileSync(at('a.txt'), 'old');
    const files = new OutputFiles({ force: true });
    await writeAll(files, { 'a.txt': 'new', 'b.txt': 'new' });
    expect(listing()).toMatchObject({ 'a.txt': 'old' });
    await files.publish();
    expect(listing()).toEqual({ 'a.txt': 'new', 'b.txt': 'new' });
  });

  it.each([
    ['with hard links', ''],
    ['without', 'EPERM'],
  ])('is put back when a later file fails with force, %s', async (_, link) => {
    fs.writeFileSync(at('a.txt'), 'old a');
    fs.writeFileSync(at('b.txt'), 'old b');
    const files = new OutputFiles({ force: true });
    await writeAll(files, { 'a.txt': 'new', 'x.txt': 'new', 'b.txt': 'new' });
    Object.assign(faults, { link, rename: 'EIO', renameAfter: link === '' ? 2 : 4 });
    expect(await saidOf(files.publish())).toMatch(/^unwritable_file: .*b\.txt \(EIO\), the disk failed/);
    expect(listing()).toEqual({ 'a.txt': 'old a', 'b.txt': 'old b' });
  });

  it('is put back by discardSync in the middle of a publication', async () => {
    fs.writeFileSync(at('a.txt'), 'old');
    const files = new OutputFiles({ force: true });
    await writeAll(files, { 'a.txt': 'new', 'b.txt': 'new' });
    await files.finish();
    const published = files.publish();
    while (listing()['a.txt'] === 'old') await new Promise((resolve) => setImmediate(resolve));
    files.discardSync();
    await expect(published).rejects.toThrow('published or discarded');
    expect(listing()).toEqual({ 'a.txt': 'old' });
  });

  it('is not touched when discardSync comes while the last name is being made durable', async () => {
    const files = new OutputFiles();
    await writeAll(files, { 'a.txt': 'new' });
    await files.finish();
    const published = files.publish();
    for (let turn = 0; turn < 1000 && !fs.existsSync(at('a.txt')); turn++) await Promise.resolve();
    files.discardSync();
    await expect(published).rejects.toThrow('published or discarded');
    expect(listing()).toEqual({});
  });

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'is respected without hard links (%s)',
    async (code) => {
      faults.link = code;
      const files = new OutputFiles();
      await writeAll(files, { 'a.txt': 'new', 'b.txt': 'new' });
      await files.publish();
      expect(listing()).toEqual({ 'a.txt': 'new', 'b.txt': 'new' });

      const late = new OutputFiles();
      await writeAll(late, { 'c.txt': 'new', 'd.txt': 'new' });
      fs.writeFileSync(at('d.txt'), 'theirs');
      expect(await saidOf(late.publish())).toMatch(/^file_exists: /);

      const failing = new OutputFiles();
      await writeAll(failing, { 'e.txt': 'new' });
      faults.rename = 'EIO';
      expect(await saidOf(failing.publish())).toMatch(/^unwritable_file: /);
      expect(listing()).toEqual({ 'a.txt': 'new', 'b.txt': 'new', 'd.txt': 'theirs' });
    },
  );

  it('is not regular: refused, with force too', async () => {
    fs.mkdirSync(at('folder'));
    shell('mkfifo "$1"', at('pipe'));
    for (const force of [false, true]) {
      for (const path of [at('folder'), at('folder/'), at('new/'), folder, '.']) {
        expect(await saidOf(new OutputFiles({ force }).create(path))).toMatch(/^unwritable_file: .*\(E/);
      }
      for (const path of [at('pipe'), '/dev/null', '/dev/stdout', '/dev/../dev/fd/1', '/proc/self/fd/1']) {
        expect(await saidOf(new OutputFiles({ force }).create(path))).toMatch(/device, pipe or socket/);
      }
    }
    expect(Object.keys(listing())).toEqual(['folder', 'pipe']);
  });
});

describe('links', () => {
  it('refuses an output that is an input, by any name, with force too', async () => {
    fs.writeFileSync(at('in.txt'), 'AAAA\n');
    fs.linkSync(at('in.txt'), at('hard.txt'));
    fs.symlinkSync('in.txt', at('soft.txt'));
    fs.symlinkSync(folder, at('round'));
    const before = listing();
    for (const force of [false, true]) {
      for (const path of [at('in.txt'), at('hard.txt'), at('soft.txt'), at('round/in.txt'), at('./in.txt')]) {
        for (const input of [at('in.txt'), at('soft.txt'), at('hard.txt')]) {
          const files = new OutputFiles({ force, inputs: ['-', at('missing'), input] });
          await files.create(at('other.txt'));
          expect(await codeOf(files.create(path))).toBe('same_file');
        }
      }
    }
    expect(listing()).toEqual(before);
  });

  it('refuses one name for two outputs', async () => {
    fs.symlinkSync(folder, at('round'));
    const files = new OutputFiles({ force: true });
    await files.create(at('a.txt'));
    expect(await saidOf(files.create(at('round/a.txt')))).toMatch(/^same_file: .*two outputs/);
    expect(Object.keys(listing())).toEqual(['round']);
  });

  it('refuses a symbolic link without force, replaces what it names with force', async () => {
    fs.mkdirSync(at('deep'));
    fs.symlinkSync('deep/middle', at('link'));
    fs.symlinkSync('target.txt', at('deep/middle'));
    fs.writeFileSync(at('deep/target.txt'), 'old');
    for (const content of ['first', 'second']) {
      expect(await saidOf(new OutputFiles().create(at('link')))).toMatch(/^file_exists: /);
      const files = new OutputFiles({ force: true });
      await writeAll(files, { link: content });
      await files.publish();
      expect(fs.lstatSync(at('link')).isSymbolicLink()).toBe(true);
      expect(fs.lstatSync(at('deep/middle')).isSymbolicLink()).toBe(true);
      expect(fs.readFileSync(at('deep/target.txt'), 'utf8')).toBe(content);
      expect(fs.readdirSync(at('deep')).sort()).toEqual(['middle', 'target.txt']);
    }
    fs.symlinkSync('loop', at('loop'));
    fs.symlinkSync('deep/new.txt', at('nowhere'));
    fs.symlinkSync('deep', at('folder'));
    fs.symlinkSync('/dev/null', at('device'));
    expect(await saidOf(new OutputFiles({ force: true }).create(at('nowhere')))).toMatch(
      /^unwritable_file: .*ENOENT.*symbolic link that leads to no file/,
    );
    expect(await saidOf(new OutputFiles({ force: true }).create(at('folder')))).toMatch(/EISDIR/);
    expect(await saidOf(new OutputFiles({ force: true }).create(at('device')))).toMatch(/device, pipe/);
    expect(fs.readdirSync(at('deep')).sort()).toEqual(['middle', 'target.txt']);
    expect(await saidOf(new OutputFiles({ force: true }).create(at('loop')))).toMatch(/ELOOP/);
  });
});

describe('what cannot be written', () => {
  it.each([
    ['no/such/keys.txt', /^unwritable_file: .* \(ENOENT\), no such directory: create it first$/],
    ['file/keys.txt', /^unwritable_file: .* \(ENOTDIR\), /],
    ['n'.repeat(256), /^unwritable_file: .* \(ENAMETOOLONG\), the name is too long/],
    ['nul\0', /^unwritable_file: .*\\u\{0\} \(EINVAL\)/],
  ])('%j', async (name, message) => {
    fs.writeFileSync(at('file'), 'here');
    const files = new OutputFiles();
    await writeAll(files, { 'a.txt': 'new' });
    expect(await saidOf(files.create(at(name)))).toMatch(message);
    expect(listing()).toEqual({ file: 'here' });
  });

  it('stops between writes with the reason of the signal, leaving nothing', async () => {
    const abort = new AbortController();
    const files = new OutputFiles({ signal: abort.signal });
    const file = await files.create(at('a.txt'));
    await file.write(new Uint8Array(3 << 20));
    abort.abort(new Error('interrupted'));
    await expect(file.write(text('more'))).rejects.toThrow('interrupted');
    expect(listing()).toEqual({});
    await expect(files.publish()).rejects.toThrow('interrupted');
    expect(listing()).toEqual({});
  });

  it('leaves nothing after discard and discardSync', async () => {
    for (const sync of [true, false]) {
      const files = new OutputFiles();
      const file = await files.create(at('a.txt'));
      await file.write(new Uint8Array(5 << 20));
      if (sync) files.discardSync();
      await files.discard();
      expect(listing()).toEqual({});
      await expect(file.write(text('more'))).rejects.toThrow();
    }
  });

  const rootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;

  it('a full disk (tmpfs of 1 MiB): says so and leaves it empty', async (context) => {
    if (!rootOnLinux) return context.skip('needs root on Linux, to mount a small disk');
    try {
      shell('mount -t tmpfs -o size=1m tmpfs "$1"', folder);
    } catch {
      return context.skip('may not mount a small disk here');
    }
    try {
      fs.writeFileSync(at('a.txt'), 'old');
      for (const size of [5 << 20, 1 << 20]) {
        const files = new OutputFiles({ force: true });
        await writeAll(files, { 'a.txt': 'new' });
        const large = await files.create(at('b.txt'));
        const failure = await saidOf(large.write(new Uint8Array(size)).then(() => files.publish()));
        expect(failure).toMatch(/^unwritable_file: .*[ab]\.txt \(ENOSPC\), the disk is full: /);
        expect(listing()).toEqual({ 'a.txt': 'old' });
      }
      shell('mount -o remount,ro "$1"', folder);
      expect(await saidOf(new OutputFiles().create(at('c.txt')))).toMatch(/\(EROFS\), .* read-only/);
    } finally {
      shell('umount "$1"', folder);
    }
  });
});

describe('processes', () => {
  const script = `
    import { OutputFiles } from ${JSON.stringify(join(process.cwd(), 'dist/node/publish/output-files.js'))};
    const [mode, path, content] = process.argv.slice(1);
    const files = new OutputFiles({ inputs: ['-'], force: mode === 'force' });
    try {
      const file = await files.create(path);
      await file.write(new Uint8Array(mode === 'slow' ? 3 << 20 : 1000).fill(content.charCodeAt(0)));
      process.stdout.write('ready');
      if (mode === 'slow') setInterval(() => undefined, 1000);
      else {
        if (mode === 'race') await new Promise((resolve) => process.stdin.once('data', resolve));
        await files.publish();
        process.exit(0);
      }
    } catch (error) {
      process.stdout.write(error.code + ' ' + (error.details?.errno ?? ''));
      process.exit(3);
    }`;
  const start = (...args: string[]) =>
    spawn(process.execPath, ['--input-type=module', '-e', script, ...args]);

  async function ready(child: ChildProcess): Promise<void> {
    if (child.stdout !== null) await once(child.stdout, 'data');
  }

  it('two that race for one name: exactly one wins', async () => {
    for (let round = 0; round < 5; round++) {
      const path = at(`race${round}.txt`);
      const children = ['A', 'B'].map((content) => start('race', path, content));
      await Promise.all(children.map(ready));
      const exits = children.map((child) => once(child, 'exit'));
      for (const child of children) child.stdin.write('go');
      const codes = (await Promise.all(exits)).map(([code]) => code);
      expect(codes.toSorted()).toEqual([0, 3]);
      expect(fs.readFileSync(path, 'utf8')).toBe((codes[0] === 0 ? 'A' : 'B').repeat(1000));
    }
    expect(Object.keys(listing())).toHaveLength(5);
  });

  it('kill -9 leaves no file at the final name', async () => {
    const child = start('slow', at('keys.txt'), 'A');
    await ready(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(Object.keys(listing())).toEqual([
      expect.stringMatching(/^\.keys\.txt\.[0-9a-f]{8}-[0-9]+-[0-9a-f]{16}\.tmp$/),
    ]);
  });

  it('what kill -9 left goes when the same name is written next, and nothing else', async () => {
    const killed = start('slow', at('keys.txt'), 'A');
    const other = start('slow', at('keys.txt.gz'), 'A');
    const living = start('slow', at('keys.txt'), 'A');
    await Promise.all([killed, other, living].map(ready));
    const before = Object.keys(listing());
    killed.kill('SIGKILL');
    other.kill('SIGKILL');
    await Promise.all([once(killed, 'exit'), once(other, 'exit')]);
    const elsewhere = `.keys.txt.${'0'.repeat(8)}-${killed.pid}-${'0'.repeat(16)}.tmp`;
    fs.writeFileSync(at(elsewhere), 'of another machine');
    const files = new OutputFiles();
    await files.check([at('keys.txt')]);
    const after = Object.keys(listing());
    expect(before.filter((name) => !after.includes(name))).toEqual([
      expect.stringMatching(new RegExp(`^\\.keys\\.txt\\.[0-9a-f]{8}-${killed.pid}-`)),
    ]);
    expect(after).toHaveLength(3);
    await writeAll(files, { 'keys.txt.gz': 'BBBB\n' });
    await files.publish();
    expect(Object.keys(listing())).toEqual([
      elsewhere,
      expect.stringMatching(new RegExp(`^\\.keys\\.txt\\.[0-9a-f]{8}-${living.pid}-`)),
      'keys.txt.gz',
    ]);
    living.kill('SIGKILL');
    await once(living, 'exit');
  });

  it('a file that is standard input is an input', () => {
    fs.writeFileSync(at('in.txt'), 'AAAA\n');
    const stdin = fs.openSync(at('in.txt'), 'r');
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, 'force', at('in.txt'), 'B'], {
        stdio: [stdin, 'pipe', 'pipe'],
      });
    expect(run).toThrow(expect.objectContaining({ stdout: Buffer.from('same_file ') }));
    fs.closeSync(stdin);
    expect(listing()).toEqual({ 'in.txt': 'AAAA\n' });
  });

  it('a limit on the size of files (ulimit -f) is named, and nothing is left', (context) => {
    if (process.platform === 'win32') return context.skip('needs ulimit');
    const command = `ulimit -f 1; exec "$0" --input-type=module -e "$1" write "$2" A`;
    const large = script.replace('1000)', '5 << 20)');
    const run = () =>
      execFileSync('bash', ['-c', command, process.execPath, large, at('big.txt')], { stdio: 'pipe' });
    expect(run).toThrow(expect.objectContaining({ stdout: Buffer.from('unwritable_file EFBIG') }));
    expect(listing()).toEqual({});
  });
});
