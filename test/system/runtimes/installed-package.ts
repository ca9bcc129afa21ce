import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('vector-answers.ts', import.meta.url));

/** Programs of ours import the package as its users do. */
const asUsersDo: Plugin = {
  name: 'as users do',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/src\/\w+\.js$/ }, ({ path }) => ({
      path: `keywright/${basename(path, '.js')}`,
      external: true,
    }));
  },
};

/** A project that has the packed tarball, as npm unpacks it, the vectors, and the program that answers them: `run.js` prints what it says. */
export async function installPackage(project: string): Promise<void> {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'keywright'), { recursive: true });
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const [{ filename }] = JSON.parse(execFileSync('npm', packing, { cwd: ROOT, encoding: 'utf8' }));
  const unpacking = ['-xzf', join(project, filename), '-C', join(modules, 'keywright')];
  execFileSync('tar', [...unpacking, '--strip-components', '1']);
  // Of its dependencies, what client apps import needs these alone.
  symlinkSync(join(ROOT, 'node_modules/@noble'), join(modules, '@noble'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  copyFileSync(join(ROOT, 'samples/clients/vectors.json'), join(project, 'vectors.json'));
  const reading = `import { readFileSync } from 'node:fs';
    import { vectorAnswers } from './program.js';
    console.log(JSON.stringify(await vectorAnswers(readFileSync('vectors.json', 'utf8'))));`;
  writeFileSync(join(project, 'run.js'), reading);
  await build({
    entryPoints: [PROGRAM],
    outfile: join(project, 'program.js'),
    bundle: true,
    format: 'esm',
    target: 'es2023',
    plugins: [asUsersDo],
  });
}

/** Code of the project, as bundled for where there is no file system: a module, or a script that sets `program`. */
export async function bundleProject(project: string, code: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: project },
    absWorkingDir: project,
    bundle: true,
    platform: 'browser',
    format,
    globalName: 'program',
    target: 'es2023',
    external: ['vectors.json'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
