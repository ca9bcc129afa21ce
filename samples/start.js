// What `npm start` runs: one batch of 10,000 keys, held against the lists of samples/issued.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
const issued = readdirSync(join(root, 'samples/issued')).map((name) => join('samples/issued', name));

keywright('generate', '--count', '10000', '--against', ...issued, '--out', join(folder, 'keys.txt'));

/** @param {...string} args */
function keywright(...args) {
  console.log(`$ keywright ${args.join(' ')}`);
  const bin = join(root, 'bin/keywright.js');
  const { status } = spawnSync(process.execPath, [bin, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
