#!/usr/bin/env node
import { statSync } from 'node:fs';

/**
 * When a file was written.
 *
 * @param {string} path
 */
const writtenAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// Some commands have a bundle of their own, but for their help. In a clone, what tsc wrote later counts; the package has no build info.
const argv = process.argv.slice(2);
const [first = ''] = argv;
const alone = /^[a-z]+$/.test(first) && !argv.includes('--help') && !argv.includes('-h');
const compiledAt = Math.max(
  ...['core', 'node', 'cli'].map((part) => writtenAt(`../dist/${part}.tsbuildinfo`)),
);
const bundles = [...(alone ? [`../dist/command/${first}.js`] : []), '../dist/command/main.js'];
const bundle = bundles.find((path) => writtenAt(path) > compiledAt);
const { main } = await import(bundle ?? '../dist/cli/main.js');

const exitCode = await main(argv, process);
process.exitCode = exitCode;

// What was interrupted may have left a thread that waits in the system, for which Node.js would wait as well. Our own
// listeners are gone, so the signal ends the process at once, and shells tell the same code.
const signal = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [143, 'SIGTERM'],
]).get(exitCode);
if (signal !== undefined) setTimeout(() => process.kill(process.pid, signal), 300).unref();
