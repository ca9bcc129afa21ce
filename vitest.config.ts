import { defineConfig } from 'vitest/config';

const SLOW = 'test/slow/**';

/** Files that mock a module or measure the process, so need one of their own. */
const ALONE = [
  'test/node/files.test.ts',
  'test/node/key-files.test.ts',
  'test/node/ledger/network.test.ts',
  'test/node/recorded-files.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // By default one core is left idle: half of what a small machine has.
    maxWorkers: '100%',
    // As users load it: no module of the package is rewritten.
    server: { deps: { external: [new RegExp(`^${import.meta.dirname}/dist/`)] } },
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      // One process for many files: the start of another costs more than most of them.
      {
        extends: true,
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: [SLOW, ...ALONE], isolate: false },
      },
    ],
  },
});
