import { defineConfig } from 'vitest/config';

/** What kills processes, restarts servers, traces system calls, waits for time-outs, or drives a browser. */
export default defineConfig({
  test: {
    include: ['test/{system,browser}/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: '100%',
    server: { deps: { external: [new RegExp(`^${process.cwd()}/dist/`)] } },
  },
});
