import { run } from '../../cli/script.js';

/** Runs a script of `samples` as somebody who has built the clone: without the command on the path. */
export function runSample(path: string, folder: string) {
  const env = { TMPDIR: folder, PATH: process.env['PATH'] ?? '' };
  return run(`sh "$ROOT/samples/${path}"`, folder, env);
}
