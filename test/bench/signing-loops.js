// Runs one loop in a process of its own and prints what it took: node signing-loops.js NAME COUNT
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CompactSign, compactVerify } from 'jose';
import { addPublicKey, ed25519Signer, parsePrivateKey, signToText, verifyResponse } from 'keywright';
import { issueLicenses, nativeSigner, signLines, verifyLines } from 'keywright/node';

/** The documented bulk-create answer, 107 bytes. */
const PAYLOAD =
  '{"code":900,"message":"License keys creation result","created":3,"duplicate":1,"timestamp":1709001673}';

/** @param {'ed25519' | 'rsa'} name */
function parsePem(name) {
  return readFileSync(new URL(`../../keys/demo-${name}.private.pem`, import.meta.url), 'utf8');
}

/** @typedef {(count: number) => Promise<unknown>} Loop */

/**
 * Each makes ready what is no part of the work, and answers with the loop that is timed.
 *
 * @type {Record<string, (count: number) => Promise<Loop>>}
 */
const LOOPS = {
  'sign: node:crypto': async (count) => bareSignLoop(payloads(count)),
  'sign: keywright': (count) => signLinesLoop(count, 1),
  'sign: keywright, 2 threads': (count) => signLinesLoop(count, 2),
  'license: node:crypto': async (count) => bareSignLoop(licenseTexts(count)),
  'license: keywright/node': (count) => licenseLoop(count, 1),
  'license: node:crypto, 2 threads': bareThreadsLoop,
  'license: keywright/node, 2 threads': (count) => licenseLoop(count, 2),
  'sign: jose CompactSign': async (count) => {
    const key = createPrivateKey(parsePem('ed25519'));
    const texts = payloads(count).map((text) => Buffer.from(text));
    return async (count) => {
      for (const text of texts.slice(0, count)) {
        await new CompactSign(text).setProtectedHeader({ alg: 'EdDSA' }).sign(key);
      }
    };
  },
  'sign: noble through ed25519Signer': async (count) => {
    const signer = ed25519Signer(parsePrivateKey(parsePem('ed25519')));
    const texts = payloads(count);
    return async (count) => {
      for (const text of texts.slice(0, count)) await signToText(text, signer);
    };
  },
  'verify Ed25519: keywright': (count) => verifyLoop(count, 'ed25519'),
  'verify Ed25519: keywright/node': (count) => verifyLinesLoop(count, 1),
  'verify Ed25519: keywright/node, 2 threads': (count) => verifyLinesLoop(count, 2),
  'verify Ed25519: jose compactVerify': (count) => joseVerifyLoop(count, 'ed25519', 'EdDSA'),
  'verify Ed25519: node:crypto': (count) => bareVerifyLoop(count, 'ed25519', null),
  'verify RS256: keywright': (count) => verifyLoop(count, 'rsa'),
  'verify RS256: jose compactVerify': (count) => joseVerifyLoop(count, 'rsa', 'RS256'),
  'verify RS256: node:crypto': (count) => bareVerifyLoop(count, 'rsa', 'sha256'),
};

/** @param {number} count */
function payloads(count) {
  return Array.from({ length: count }, (_, index) => PAYLOAD.replace('3', String(index % 10)));
}

/** @param {number} index */
const licenseKey = (index) => `7QX4M-9K2TD-${1e7 + index}`;

/**
 * What a license says, as ours writes it: 175 bytes of JSON.
 *
 * @param {number} count
 */
function licenseTexts(count) {
  const license = { product: 'app', valid_until: '2027-11-28T20:00:00Z', comparison: 'canonical' };
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      schema: 'keywright/license/v1',
      license: { key: licenseKey(index), ...license },
      timestamp: 1709001673,
    }),
  );
}

/**
 * Signs the base64 of these texts, ready made.
 *
 * @param {readonly string[]} texts
 * @returns {Loop}
 */
function bareSignLoop(texts) {
  const key = createPrivateKey(parsePem('ed25519'));
  const messages = texts.map((text) => Buffer.from(btoa(text)));
  return async (count) => {
    for (const message of messages.slice(0, count)) sign(null, message, key);
  };
}

/**
 * The bare loop of licenses, half of it in another thread: what two of ours may cost, where two threads hinder each other.
 *
 * @param {number} count
 * @returns {Promise<Loop>}
 */
async function bareThreadsLoop(count) {
  const half = Math.ceil(count / 2);
  const here = bareSignLoop(licenseTexts(half));
  const thread = new Worker(new URL(import.meta.url), { workerData: half });
  await once(thread, 'message');
  thread.unref();
  return async (count) => {
    const there = once(thread, 'message');
    thread.postMessage(Math.floor(count / 2));
    await here(Math.ceil(count / 2));
    await there;
  };
}

/** @param {number} count */
function serveBareLoop(count) {
  const loop = bareSignLoop(licenseTexts(count));
  parentPort?.on('message', async (some) => {
    await loop(some);
    parentPort?.postMessage('done');
  });
  parentPort?.postMessage('ready');
}

/**
 * @param {number} count
 * @param {number} workers
 * @returns {Promise<Loop>}
 */
async function signLinesLoop(count, workers) {
  const key = parsePrivateKey(parsePem('ed25519'));
  const texts = payloads(count);
  return async (count) => {
    let signed = 0;
    for await (const run of signLines(texts.slice(0, count), key, { workers })) signed += run.count;
    if (signed !== count) throw new Error(`${signed} of ${count} were signed`);
  };
}

/**
 * A list of keys becomes a file of licenses, reading and writing included.
 *
 * @param {number} count
 * @param {number} workers
 * @returns {Promise<Loop>}
 */
async function licenseLoop(count, workers) {
  const signer = parsePrivateKey(parsePem('ed25519'));
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const keys = join(folder, 'keys.txt');
  writeFileSync(keys, Array.from({ length: count }, (_, index) => `${licenseKey(index)}\n`).join(''));
  return async (count) => {
    const { licenses } = await issueLicenses([keys], {
      product: 'app',
      validity: { length: 'P1Y' },
      signer,
      place: { out: join(folder, 'licenses.jsonl') },
      now: new Date(),
      workers,
      force: true,
    });
    if (licenses < count) throw new Error(`${licenses} of ${count} were signed`);
  };
}

/**
 * @param {number} count
 * @param {'ed25519' | 'rsa'} name
 * @returns {Promise<Loop>}
 */
async function verifyLoop(count, name) {
  const { envelopes, keyring } = await signedEnvelopes(count, name);
  return async (count) => {
    for (const text of envelopes.slice(0, count)) {
      if (!(await verifyResponse(text, keyring)).ok) throw new Error('it does not verify');
    }
  };
}

/**
 * @param {number} count
 * @param {number} workers
 * @returns {Promise<Loop>}
 */
async function verifyLinesLoop(count, workers) {
  const { envelopes, keyring } = await signedEnvelopes(count, 'ed25519');
  return async (count) => {
    let good = 0;
    for await (const run of verifyLines(envelopes.slice(0, count), keyring, {}, { workers })) {
      for (const { verdict } of run) if (verdict.ok) good++;
    }
    if (good !== count) throw new Error(`${good} of ${count} verify`);
  };
}

/**
 * @param {number} count
 * @param {'ed25519' | 'rsa'} name
 */
async function signedEnvelopes(count, name) {
  const key = parsePrivateKey(parsePem(name));
  const signer = nativeSigner(key);
  const envelopes = await Promise.all(payloads(count).map((text) => signToText(text, signer)));
  return { envelopes, keyring: addPublicKey(undefined, key.publicKey) };
}

/**
 * @param {number} count
 * @param {'ed25519' | 'rsa'} name
 * @param {'EdDSA' | 'RS256'} alg
 * @returns {Promise<Loop>}
 */
async function joseVerifyLoop(count, name, alg) {
  const key = createPrivateKey(parsePem(name));
  const publicKey = createPublicKey(key);
  const texts = payloads(count).map((text) => Buffer.from(text));
  const tokens = await Promise.all(
    texts.map((text) => new CompactSign(text).setProtectedHeader({ alg }).sign(key)),
  );
  return async (count) => {
    for (const token of tokens.slice(0, count)) await compactVerify(token, publicKey);
  };
}

/**
 * @param {number} count
 * @param {'ed25519' | 'rsa'} name
 * @param {string | null} digest
 * @returns {Promise<Loop>}
 */
async function bareVerifyLoop(count, name, digest) {
  const key = createPrivateKey(parsePem(name));
  const publicKey = createPublicKey(key);
  const signed = payloads(count).map((text) => {
    const message = Buffer.from(btoa(text));
    return { message, signature: sign(digest, message, key) };
  });
  return async (count) => {
    for (const { message, signature } of signed.slice(0, count)) {
      if (!verify(digest, message, publicKey, signature)) throw new Error('it does not verify');
    }
  };
}

/**
 * @param {string} name
 * @param {string} count
 */
async function time(name, count) {
  const makeReady = LOOPS[name];
  if (makeReady === undefined) return Object.keys(LOOPS);
  const loop = await makeReady(Number(count));
  await loop(Math.ceil(Number(count) / 10)); // so that all are timed after they were compiled
  const [started, used] = [performance.now(), process.cpuUsage()];
  await loop(Number(count));
  const { user, system } = process.cpuUsage(used);
  return {
    wall: (performance.now() - started) / 1000,
    cpu: (user + system) / 1e6,
    count: Number(count),
  };
}

if (isMainThread) console.log(JSON.stringify(await time(process.argv[2] ?? '', process.argv[3] ?? '')));
else serveBareLoop(workerData);
