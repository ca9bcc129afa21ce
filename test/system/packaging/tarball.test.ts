import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OUTPUT: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };

const LOCK = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

/**
 * What is locked here without development, as the lock of a project that has keywright alone: the same versions arrive
 * there, from what `npm ci` left in npm's cache.
 */
function lockOf(tarball: string): object {
  const { version, bin, dependencies, peerDependencies, peerDependenciesMeta } = LOCK.packages[''];
  const entries: readonly [string, { readonly dev?: boolean }][] = Object.entries(LOCK.packages);
  const needed = entries.filter(([path, entry]) => path !== '' && entry.dev !== true);
  const resolved = `file:${tarball}`;
  const keywright = { version, resolved, bin, dependencies, peerDependencies, peerDependenciesMeta };
  const packages = {
    '': { dependencies: { keywright: resolved } },
    'node_modules/keywright': keywright,
    ...Object.fromEntries(needed),
  };
  return { lockfileVersion: 3, requires: true, packages };
}

/** Every file below a folder, with its size. */
function filesIn(folder: string): readonly (readonly [path: string, bytes: number])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const stats = lstatSync(join(folder, path));
    return stats.isFile() ? [[path, stats.size] as const] : [];
  });
}

/** The files that a page leads to. */
function linksOf(page: string): readonly string[] {
  const links = [...page.replaceAll(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, link = '']) => link,
  );
  return links.filter((link) => !/^([a-z]+:|#)/.test(link)).map((link) => link.replace(/#.*/, ''));
}

function bytesOf(files: readonly (readonly [path: string, bytes: number])[]): number {
  return files.reduce((sum, [, bytes]) => sum + bytes, 0);
}

describe('the packed tarball, installed into an empty project', () => {
  const project = newFolder();
  const tarball = `keywright-${LOCK.packages[''].version}.tgz`;

  beforeAll(() => {
    execFileSync(process.execPath, [join(ROOT, 'src/bundle-command.js')], OUTPUT);
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {
      ...OUTPUT,
      cwd: ROOT,
    });
    const dependencies = { keywright: `file:${tarball}` };
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies }),
    );
    writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lockOf(tarball)));
    mkdirSync(join(project, 'src'));
    const install = ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', install, { ...OUTPUT, cwd: project });
  }, 120_000);

  it('runs the command', () => {
    const bin = join(project, 'node_modules/.bin/keywright');
    const keys = execFileSync(bin, ['generate', '-n', '3', '-f', 'serial', '--quiet'], {
      ...OUTPUT,
      cwd: project,
    });
    expect(keys).toMatch(/^([0-9A-Z]{4}-[0-9A-Z]{4}\n){3}$/);
  });

  it('runs the command from its bundle, with threads whose scripts stand outside of it', () => {
    const bin = join(project, 'node_modules/.bin/keywright');
    const run = (argv: readonly string[]) => execFileSync(bin, argv, { ...OUTPUT, cwd: project });
    run(['generate', '-n', '20000', '--jobs', '2', '-o', 'keys.txt', '--quiet']);
    expect(readFileSync(join(project, 'keys.txt'), 'utf8').split('\n')).toHaveLength(20_001);
    writeFileSync(join(project, 'payloads.jsonl'), '{"timestamp":1}\n'.repeat(3));
    run(['keypair', 'create', 'pair']);
    const signed = run(['sign', 'payloads.jsonl', '--jsonl', '--private-key', 'pair.private.pem']);
    expect(signed.trim().split('\n')).toHaveLength(3);
    expect(run(['--version'])).toBe(`${LOCK.packages[''].version}\n`);
    const installed = join(project, 'node_modules/keywright/dist');
    expect([existsSync(join(installed, 'command/main.js')), existsSync(join(installed, 'cli'))]).toEqual([
      true,
      false,
    ]);
  });

  it('has a bundle of their own for commands that need many modules, whose help stands in the other', () => {
    const installed = join(project, 'node_modules/keywright/dist/command');
    const bin = join(project, 'node_modules/.bin/keywright');
    const run = (...argv: readonly string[]) => execFileSync(bin, argv, { ...OUTPUT, cwd: project });
    for (const name of ['generate', 'ledger', 'verify']) {
      expect(existsSync(join(installed, `${name}.js`))).toBe(true);
      expect(run(name, '--help')).toContain(`keywright ${name} `);
      // What it is to load by itself, it has: no other file of the bundle is named in it.
      expect(readFileSync(join(installed, `${name}.js`), 'utf8')).not.toMatch(
        /(?:from|import\()"\.\/(?!main\.js)/,
      );
    }
    expect(run('generate', '-n', '2', '--as', 'csv')).toMatch(/^key\n(?:.+\n){2}$/);
    expect(run('format', 'XX-XX')).toContain('XX-XX');
    for (const word of ['main', '../main', 'chunk', './verify']) {
      expect(spawnSync(bin, [word], OUTPUT).status).toBe(2);
    }
  });

  it('runs every documented subpath', () => {
    const script = `
      import { generateKey } from 'keywright';
      import { generateBatch } from 'keywright/node';
      import { verifyActivationToken, verifyWebhook } from 'keywright/vendors/cryptlex';
      import { createRequire } from 'node:module';
      const manifest = createRequire(import.meta.url)('keywright/schemas/manifest/v1.json');
      if (manifest.$id !== 'keywright/manifest/v1') throw new Error(manifest.$id);
      import { newChallenge } from 'keywright/vendors/lukittu';
      import * as solifyn from 'keywright/vendors/solifyn';
      console.log(generateKey('XXXX-XXXX').length, typeof generateBatch, newChallenge().length);
      console.log(typeof verifyActivationToken, typeof verifyWebhook, typeof solifyn.verifyWebhook);`;
    writeFileSync(join(project, 'run.js'), script);
    expect(execFileSync(process.execPath, ['run.js'], { ...OUTPUT, cwd: project })).toBe(
      '9 function 43\nfunction function function\n',
    );
  });

  it.each(['nodenext', 'bundler'])('type-checks under moduleResolution %s', (moduleResolution) => {
    writeFileSync(
      join(project, 'src/use.ts'),
      `import { type KeyFormat, parseFormat } from 'keywright';
       import { type BatchFilesReport, generateBatch } from 'keywright/node';
       import { type ActivationVerdict, verifyActivationToken } from 'keywright/vendors/cryptlex';
       import { type ChallengeVerdict, verifyChallenge } from 'keywright/vendors/lukittu';
       import { type ReceivedWebhook, verifyWebhook } from 'keywright/vendors/solifyn';
       export const challenged: Promise<ChallengeVerdict> =
         verifyChallenge({ challenge: '', challengeResponse: null, publicKey: '' });
       export const activated: Promise<ActivationVerdict> =
         verifyActivationToken(null, { publicKey: '', productId: '', key: '', fingerprint: '', now: new Date() });
       export const hooked = (webhook: ReceivedWebhook) => verifyWebhook(webhook);
       const format: KeyFormat = parseFormat('lukittu');
       export const report: Promise<BatchFilesReport> = generateBatch(format, 1, { out: 'k', style: 'text', now: new Date() });\n`,
    );
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    const compilerOptions = {
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      target: 'es2023',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project], OUTPUT);
  });

  it('brings no tests, no build info and nothing large', () => {
    const files = filesIn(join(project, 'node_modules/keywright'));
    const ours =
      /^(dist\/.*\.(js|d\.ts)|bin\/keywright\.js|man\/keywright\.1|samples\/.*|docs\/.*\.md|schemas\/[\w-]+\/v1\.json|[A-Z]+\.md|LICENSE|package\.json)$/;
    expect(files.map(([path]) => path).filter((path) => !ours.test(path))).toEqual([]);
    expect(files.length).toBeLessThan(1400);
    expect(bytesOf(files)).toBeLessThan(5_500_000);
    expect(statSync(join(project, tarball)).size).toBeLessThan(1_850_000);
  });

  it('brings the samples that the pages name, which need nothing but the package', () => {
    const installed = join(project, 'node_modules/keywright');
    const names = filesIn(join(installed, 'samples')).map(([path]) => path);
    const pages = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })]
      .filter((path) => path.endsWith('.md'))
      .map((path) => readFileSync(join(ROOT, path === 'README.md' ? '' : 'docs', path), 'utf8'));
    const named = pages.flatMap((page) => page.match(/(?<=\bsamples\/)[\w./-]*[\w-]/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(installed, 'samples', path)))).toEqual([]);
    expect(
      names.filter((path) =>
        /^start\.js|^issued|^browser\/(?!README\.md|[a-z]+\.(?:html|png))|page\.|vectors/.test(path),
      ),
    ).toEqual([]);
    const input = readFileSync(join(installed, 'samples/node-client/license.json'));
    const client = spawnSync(
      process.execPath,
      [join(installed, 'samples/node-client/client.js'), '7qx4m 9k2td'],
      {
        input,
        encoding: 'utf8',
      },
    );
    expect([client.status, client.stderr]).toEqual([0, '']);
    const life = spawnSync('sh', [join(installed, 'samples/client-app/run.sh')], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], KEYWRIGHT: join(project, 'node_modules/.bin/keywright') },
    });
    expect([life.status, life.stderr]).toEqual([0, '']);
  });

  it('brings the pages, whose links lead to files that it has as well, or to what needs the clone', () => {
    const installed = join(project, 'node_modules/keywright');
    const pages = filesIn(installed).filter(([path]) => path.endsWith('.md'));
    const broken = pages.flatMap(([path]) =>
      linksOf(readFileSync(join(installed, path), 'utf8'))
        .map((link) => join(dirname(path), link))
        .filter((file) => !existsSync(join(installed, file))),
    );
    expect(pages.map(([path]) => path)).toContain('docs/cli/index.md');
    expect(new Set(broken)).toEqual(
      new Set(['test/bench/README.md', 'test/bench/growth.svg', 'samples/clients/vectors.json']),
    );
  });

  it('brings no private key', () => {
    const installed = join(project, 'node_modules/keywright');
    const demo = readdirSync(join(ROOT, 'keys'))
      .filter((name) => name.endsWith('.private.pem'))
      .map((name) => readFileSync(join(ROOT, 'keys', name), 'utf8').split('\n')[1] ?? '');
    expect(demo.every((line) => line.length > 40)).toBe(true);
    const kept = filesIn(installed).filter(([path]) => {
      const text = readFileSync(join(installed, path), 'latin1');
      const isPem = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{16}/.test(text);
      return isPem || path.endsWith('.private.pem') || demo.some((line) => text.includes(line));
    });
    expect(kept).toEqual([]);
  });

  it('brings its dependencies, none of which is a driver, and nothing else', () => {
    const modules = join(project, 'node_modules');
    const packages = filesIn(modules)
      .map(([path]) => /^((.*\/node_modules\/)?(@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1])
      .filter((path) => path !== undefined);
    const names = new Set(packages.map((path) => path.replace(/^.*\/node_modules\//, '')));
    const direct = Object.keys(LOCK.packages[''].dependencies);
    expect([...names]).toEqual(expect.arrayContaining(['keywright', ...direct]));
    expect([...names].filter((name) => /sql|^pg|postgres|duckdb|^@types\/|node-gyp/i.test(name))).toEqual([]);
    // Eight dependencies and what yargs and the Temporal of old engines bring along.
    expect(direct.length).toBeLessThanOrEqual(8);
    expect(packages.length).toBeLessThanOrEqual(29);
    const files = filesIn(modules);
    expect(files.filter(([path]) => /\.node$|(^|\/)binding\.gyp$/.test(path))).toEqual([]);
    expect(files.length).toBeLessThan(2850);
    expect(bytesOf(files)).toBeLessThan(18_500_000);
  });

  it('names the driver that a ledger in PostgreSQL needs', () => {
    const bin = join(project, 'node_modules/.bin/keywright');
    const { status, stderr } = spawnSync(bin, ['ledger', 'init', 'postgres://127.0.0.1/test'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([3, expect.stringContaining('npm install pg pg-copy-streams')]);
  });
});
