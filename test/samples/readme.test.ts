import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../cli/script.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Indented blocks, as they would be pasted. */
const BLOCKS = README.split(/\n(?! {4}|\n)/).flatMap((part) => {
  const lines = part.split('\n').filter((line) => line.startsWith('    '));
  return lines.length === 0 ? [] : [lines.map((line) => line.slice(4)).join('\n')];
});

describe('README.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/keywright'));
  for (const name of ['samples', 'keys']) symlinkSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // In the order of the page and in one folder, for a block may use what an earlier one wrote.
  // Lines with brackets, bars, dots or a placeholder show a command's shape.
  const commands = BLOCKS.flatMap((block) => block.replaceAll('\\\n', '').split('\n')).filter(
    (line) =>
      /^(PASS=\w+ )?(keywright|openssl|node|chmod|echo|sed) /.test(line) &&
      !/[[(…]| \| (?!keywright)|\w\|\w|\b(FILE|KID|BASE)\b/.test(line.replaceAll(/'[^']*'/g, '')),
  );
  it.each(commands)('works as pasted: %s', (command) => {
    const { status, stderr } = run(command, folder);
    expect(stderr.replaceAll(/^keywright: warning.*\n/gm, '')).toBe('');
    expect(status).toBe(0);
  });

  const scripts = BLOCKS.filter((block) => /^import .* from 'keywright\b/m.test(block));
  it.each(scripts)('runs as pasted: %s', (script) => {
    writeFileSync(join(folder, 'example.js'), script);
    const { status, stderr } = run('node example.js', folder);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('has examples of both kinds', () => {
    expect(commands.length).toBeGreaterThan(4);
    expect(scripts.length).toBeGreaterThan(1);
  });
});
