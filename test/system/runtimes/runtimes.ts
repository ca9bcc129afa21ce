import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { BROWSERS, type InstalledBrowser } from '../../browser/browsers.js';
import type { Answer } from '../../clients/vector-case.js';
import { bundleProject } from './installed-package.js';

const run = promisify(execFile);

/** What a runtime says of the vectors. */
interface Answered {
  readonly version: string;
  readonly answers: readonly Answer[];
}

/** Where JavaScript runs. */
export interface Runtime {
  readonly name: string;
  /** Undefined where this machine does not have it. */
  readonly path: string | undefined;
  readonly loads: 'the package' | 'a bundle';
  /** It has no `crypto.subtle`, so that what RSA signed is `unsupported`. */
  readonly isBare?: boolean;
  /** Answers the vectors that the project has, with the package that the project has. */
  answer(project: string): Promise<Answered>;
}

/** Where npm installed those that are npm packages, as `.ci/run` does. */
const FOLDER = process.env['RUNTIMES'];

export const RUNTIMES: readonly Runtime[] = [
  ...['20', '22', '24', '26'].map((major) => command(`Node.js ${major}`, `node${major}/bin/node`, [])),
  command('Deno', '@deno/linux-x64-glibc/deno', ['run', '--no-remote', '--allow-read=.']),
  command('Bun', '@oven/bun-linux-x64/bin/bun', ['run']),
  workerd(installed('@cloudflare/workerd-linux-64/bin/workerd')),
  ...BROWSERS.map(browser),
  {
    name: 'A bare V8 context',
    path: process.execPath,
    loads: 'a bundle',
    isBare: true,
    answer: answerInBareContext,
  },
];

function installed(path: string): string | undefined {
  const full = join(FOLDER ?? '', 'node_modules', path);
  return FOLDER !== undefined && existsSync(full) ? full : undefined;
}

async function versionOf(path: string | undefined): Promise<string> {
  const { stdout } = await run(path ?? '', ['--version']);
  return /\d+(?:[.-]\d+)+/.exec(stdout)?.[0] ?? '';
}

/** One that reads modules from files, as Node.js does. */
function command(name: string, file: string, argv: readonly string[]): Runtime {
  const path = installed(file);
  return {
    name,
    path,
    loads: 'the package',
    answer: async (project) => {
      const { stdout } = await run(path ?? '', [...argv, 'run.js'], { cwd: project });
      return { version: await versionOf(path), answers: JSON.parse(stdout) };
    },
  };
}

function workerd(path: string | undefined): Runtime {
  return {
    name: 'workerd (Cloudflare Workers)',
    path,
    loads: 'a bundle',
    answer: async (project) => {
      const code = `import { vectorAnswers } from './program.js';
        import vectors from 'vectors.json';
        export default { test: async () => console.log(JSON.stringify(await vectorAnswers(vectors))) };`;
      writeFileSync(join(project, 'worker.js'), await bundleProject(project, code, 'esm'));
      const modules = `(name = "worker.js", esModule = embed "worker.js"), (name = "vectors.json", text = embed "vectors.json")`;
      const worker = `(modules = [${modules}], compatibilityDate = "2026-11-01")`;
      const config = `using Workerd = import "/workerd/workerd.capnp";
        const config :Workerd.Config = (services = [(name = "main", worker = ${worker})]);`;
      writeFileSync(join(project, 'worker.capnp'), config);
      const { stdout } = await run(path ?? '', ['test', 'worker.capnp'], { cwd: project });
      return { version: await versionOf(path), answers: JSON.parse(stdout) };
    },
  };
}

/** On a page of its own machine: there it has `crypto.subtle`. */
function browser(installed: InstalledBrowser): Runtime {
  return {
    name: installed.name,
    path: installed.path,
    loads: 'a bundle',
    answer: async (project) => {
      const started = await installed.start('light', project);
      try {
        const page = await started.newPage();
        const body = '<!doctype html>';
        await page.route('**', (route) => route.fulfill({ body, contentType: 'text/html' }));
        await page.goto('http://localhost/');
        await page.addScriptTag({ content: await programBundle(project) });
        const call = `program.vectorAnswers(${JSON.stringify(vectorsOf(project))})`;
        return { version: started.version(), answers: await page.evaluate(call) };
      } finally {
        await started.close();
      }
    },
  };
}

/** What the language itself has, and nothing of a platform: no `crypto`, no `TextEncoder`. */
async function answerInBareContext(project: string): Promise<Answered> {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  runInContext(await programBundle(project), context);
  const answers = await runInContext('program', context).vectorAnswers(vectorsOf(project));
  return { version: process.versions.v8, answers: JSON.parse(JSON.stringify(answers)) };
}

function programBundle(project: string): Promise<string> {
  return bundleProject(project, "export { vectorAnswers } from './program.js';", 'iife');
}

function vectorsOf(project: string): string {
  return readFileSync(join(project, 'vectors.json'), 'utf8');
}
