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

process.exitCode = await main(process.argv.slice(2), process);
