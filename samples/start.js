// What `npm start` runs, the whole story: a batch of 10,000 keys held against the lists of samples/issued; a bulk
// create that a demo key signs; the answer verified, and refused with one character changed; and a response that
// its vendor published, verified with the vendor's public key.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
const issued = readdirSync(join(root, 'samples/issued')).map((name) => join('samples/issued', name));
const [keys, answer, changed] = [
  join(folder, 'keys.txt'),
  join(folder, 'answer.json'),
  join(folder, 'changed.json'),
];
const product = ['product_id=1', 'activation_limit=3', 'validity=365', 'status=available'];

keywright(0, 'generate', '--count', '10000', '--against', ...issued, '--out', keys);

const parameters = product.flatMap((parameter) => ['--set', parameter]);
const signing = ['--private-key', 'keys/demo-ed25519.private.pem'];
const outputs = ['--report', join(folder, 'report.csv'), '--out', answer];
keywright(0, 'bulk-create', keys, ...parameters, '--against', ...issued, ...signing, ...outputs);
keywright(0, 'verify', answer, '--public-key', 'keys/demo-ed25519.public.pem');

console.log('\nOne character of the signed text changed:');
const envelope = JSON.parse(readFileSync(answer, 'utf8'));
const text = envelope.response_base64;
envelope.response_base64 = `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
writeFileSync(changed, JSON.stringify(envelope));
keywright(1, 'verify', changed, '--public-key', 'keys/demo-ed25519.public.pem');

console.log("\nA response as its vendor published it, and the vendor's public key:");
const vendor = 'samples/getkeymanager';
const seed = keywright(0, 'verify', `${vendor}/response.json`, '--public-key', `${vendor}/demo-public.pem`);
console.log(`seed envelope: ${seed.split('\n')[0]}`);

/**
 * @param {number} expected the exit code
 * @param {...string} args
 * @returns {string} what it printed
 */
function keywright(expected, ...args) {
  console.log(`$ keywright ${args.join(' ')}`);
  const bin = join(root, 'bin/keywright.js');
  const { status, stdout } = spawnSync(process.execPath, [bin, ...args], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  if (status !== expected) process.exit(status || 1);
  return stdout;
}
