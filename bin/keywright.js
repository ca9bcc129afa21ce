#!/usr/bin/env node
import { statSync } from 'node:fs';

/**
 * When a file was written.
 *
 * @param {string} path
 */
const writtenAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// The bundle reads fewer files. In a clone, what tsc wrote after it counts; the package has no build info.
const compiledAt = ['core', 'node', 'cli'].map((part) => writtenAt(`../dist/${part}.tsbuildinfo`));
const bundled = writtenAt('../dist/command/main.js') >= Math.max(...compiledAt);
const { main } = await import(bundled ? '../dist/command/main.js' : '../dist/cli/main.js');

const exitCode = await main(process.argv.slice(2), process);
process.exitCode = exitCode;

// What was interrupted may have left a thread that waits in the system, for which Node.js would wait as well. Our own
// listeners are gone, so the signal ends the process at once, and shells tell the same code.
const signal = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [143, 'SIGTERM'],
]).get(exitCode);
if (signal !== undefined) setTimeout(() => process.kill(process.pid, signal), 300).unref();
