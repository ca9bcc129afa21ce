import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { median } from './measure.js';

const LOOPS = fileURLToPath(new URL('./signing-loops.js', import.meta.url));

/**
 * How many signatures each loop makes or checks: as many as told by those that sign natively, a part of it by
 * the slower ones, more where a file is written, whose beginning and end are timed.
 *
 * @type {Record<string, number>}
 */
const SHARES = {
  'sign: node:crypto': 1,
  'sign: keywright': 1,
  'sign: keywright, 2 threads': 1,
  'license: node:crypto': 3,
  'license: keywright/node': 3,
  'license: node:crypto, 2 threads': 3,
  'license: keywright/node, 2 threads': 3,
  'sign: jose CompactSign': 1,
  'sign: noble through ed25519Signer': 0.05,
  'verify Ed25519: keywright': 0.02,
  'verify Ed25519: keywright/node': 1,
  'verify Ed25519: keywright/node, 2 threads': 1,
  'verify Ed25519: jose compactVerify': 0.1,
  'verify Ed25519: node:crypto': 0.1,
  'verify RS256: keywright': 0.1,
  'verify RS256: jose compactVerify': 0.1,
  'verify RS256: node:crypto': 0.1,
};

/**
 * Signatures a second of wall time and of CPU time (all threads of the process), and how many were timed.
 *
 * @typedef {{ name: string, count: number, perSecond: number, perCpuSecond: number }} Pace
 * @typedef {{ count: number, paces: Pace[], sizes: { name: string, gzipped: number }[] }} Signing
 */

/**
 * Every loop, in turn, so that all see the same weather; each in a process of its own.
 *
 * @param {number} count
 * @param {number} runs
 * @param {string} kind of the loops: `license` for those of licenses alone
 * @returns {Promise<Signing>}
 */
export async function benchSigning(count, runs, kind = '') {
  /** @type {Record<string, { wall: number, cpu: number }[]>} */
  const measured = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, share] of Object.entries(SHARES).filter(([loop]) => loop.startsWith(kind))) {
      process.stderr.write(`signing, run ${run + 1} of ${runs}: ${name}\n`);
      measured[name] = [...(measured[name] ?? []), runLoop(name, count * share)];
    }
  }
  const paces = Object.entries(measured).map(([name, all]) => {
    const part = count * (SHARES[name] ?? 1);
    return {
      name,
      count: part,
      perSecond: part / median(all.map(({ wall }) => wall)),
      perCpuSecond: part / median(all.map(({ cpu }) => cpu)),
    };
  });
  return { count, paces, sizes: await bundleSizes() };
}

/**
 * The paces of before with those of this run in their place, in the order of the loops.
 *
 * @param {readonly Pace[]} old
 * @param {readonly Pace[]} measured
 */
export function mergedPaces(old, measured) {
  return Object.keys(SHARES).flatMap((loop) => [...measured, ...old].find(({ name }) => name === loop) ?? []);
}

/**
 * @param {string} name
 * @param {number} count
 */
function runLoop(name, count) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LOOPS, name, String(count)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout);
}

/** What a client pays to verify, minified and gzipped. */
async function bundleSizes() {
  const entries = {
    'keywright/verify': "export * from 'keywright/verify'",
    'keywright/license, with lists and evidence':
      "export { parseKeyring, verifyLicense, openRevocations, earliestNow, addEvidence } from 'keywright/license'",
    'keywright/vendors/lukittu verifyChallenge':
      "export { verifyChallenge } from 'keywright/vendors/lukittu'",
    'keywright/vendors/cryptlex verifyActivationToken':
      "export { verifyActivationToken } from 'keywright/vendors/cryptlex'",
    'keywright/vendors/cryptlex verifyWebhook': "export { verifyWebhook } from 'keywright/vendors/cryptlex'",
    'keywright/vendors/solifyn verifyWebhook': "export { verifyWebhook } from 'keywright/vendors/solifyn'",
    'jose compactVerify': "export { compactVerify } from 'jose'",
    'jose compactVerify, createLocalJWKSet': "export { compactVerify, createLocalJWKSet } from 'jose'",
  };
  return Promise.all(
    Object.entries(entries).map(async ([name, contents]) => {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'browser',
        target: 'es2023',
        write: false,
      });
      return { name, gzipped: gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length };
    }),
  );
}

/**
 * The targets of the signing bench: what, the value, the sign, the limit.
 *
 * @param {Signing} signing
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function signingTargets({ paces, sizes }) {
  /** @param {string} name */
  const find = (name) => paces.find((pace) => pace.name === name);
  const [bare, ours, two] = ['node:crypto', 'keywright', 'keywright, 2 threads'].map((name) =>
    find(`sign: ${name}`),
  );
  const [bareVerify, verify, verifyTwo] = ['node:crypto', 'keywright/node', 'keywright/node, 2 threads'].map(
    (name) => find(`verify Ed25519: ${name}`),
  );
  if (!bare || !ours || !two || !bareVerify) throw new Error('the results lack a signing loop');
  /** @type {[string, number, '≥', number][]} */
  const verifying =
    verify && verifyTwo
      ? [
          [
            'verifying next to the bare node:crypto loop, per core',
            verify.perCpuSecond / bareVerify.perCpuSecond,
            '≥',
            0.7,
          ],
          ['verifying on two threads next to one', verifyTwo.perSecond / verify.perSecond, '≥', 1.6],
        ]
      : [];
  /** @type {[string, number, '≥', number][]} */
  const licensing = [
    ['one thread', ''],
    ['two threads', ', 2 threads'],
  ].flatMap(([title = '', threads = '']) => {
    const [bareLoop, license] = ['node:crypto', 'keywright/node'].map((name) =>
      find(`license: ${name}${threads}`),
    );
    if (!bareLoop || !license) return [];
    const value = license.perCpuSecond / bareLoop.perCpuSecond;
    return [[`licenses next to the bare node:crypto loop on as many, per core, ${title}`, value, '≥', 0.85]];
  });
  /** @param {string} subpath */
  const kilobytes = (subpath) =>
    (sizes.find(({ name }) => name.startsWith(subpath))?.gzipped ?? Number.NaN) / 1000;
  return [
    ['signing next to the bare node:crypto loop, per core', ours.perCpuSecond / bare.perCpuSecond, '≥', 0.85],
    ['signing next to the bare node:crypto loop, two threads', two.perSecond / bare.perSecond, '≥', 1.6],
    ...verifying,
    ...licensing,
    ['kB of keywright/verify, minified and gzipped', kilobytes('keywright/verify'), '≤', 13],
    ['kB of keywright/license, minified and gzipped', kilobytes('keywright/license'), '≤', 16],
  ];
}
