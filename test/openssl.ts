import { spawnSync } from 'node:child_process';

/** Whether openssl is at hand; tests that hold us against it are skipped without. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** What a title says when it is not. */
export const NEEDS_OPENSSL = hasOpenssl ? '' : ' (SKIPPED: no openssl on this machine)';
