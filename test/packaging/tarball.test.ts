import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };

/** Everything that is needed beside the tarball, from what `npm ci` installed: no network. */
function dependencyFolders(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const entries: readonly [string, { readonly dev?: boolean; readonly optional?: boolean }][] =
    Object.entries(lock.packages);
  return entries
    .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.optional !== true)
    .map(([path]) => join(ROOT, path));
}

describe('the packed tarball, installed into an empty project', () => {
  const project = mkdtempSync(join(tmpdir(), 'keywright-package-'));

  beforeAll(() => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {
      ...OUTPUT,
      cwd: ROOT,
    });
    const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    mkdirSync(join(project, 'src'));
    const install = [
      'install',
      '--offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `./keywright-${version}.tgz`,
      ...dependencyFolders(),
    ];
    execFileSync('npm', install, { ...OUTPUT, cwd: project });
  }, 120_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('runs the command', () => {
    const bin = join(project, 'node_modules/.bin/keywright');
    const keys = execFileSync(bin, ['generate', '-n', '3', '-f', 'serial', '--quiet'], {
      ...OUTPUT,
      cwd: project,
    });
    expect(keys).toMatch(/^([0-9A-Z]{4}-[0-9A-Z]{4}\n){3}$/);
  });

  it('runs every documented subpath', () => {
    const script = `
      import { generateKey } from 'keywright';
      import { generateBatch } from 'keywright/node';
      import { verifyActivationToken, verifyWebhook } from 'keywright/vendors/cryptlex';
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
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      ...OUTPUT,
      cwd: ROOT,
    });
    const [{ files, unpackedSize }] = JSON.parse(listed);
    const paths: readonly string[] = files.map((file: { readonly path: string }) => file.path);
    expect(
      paths.filter(
        (path) =>
          !/^(dist\/.*\.(js|d\.ts)|bin\/keywright\.js|(README|CHANGELOG)\.md|LICENSE|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(unpackedSize).toBeLessThan(1_500_000);
    expect(files.length).toBeLessThan(600);
  });
});
