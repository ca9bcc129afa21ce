import { defineConfig } from 'vitest/config';

/** What kills processes, restarts servers, traces system calls or waits for time-outs. */
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    testTimeout: 300_000,
    maxWorkers: '100%',
    server: { deps: { external: [new RegExp(`^${process.cwd()}/dist/`)] } },
  },
});
