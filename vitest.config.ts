import { defineConfig } from 'vitest/config';

/** Most tests leave behind nothing that others see, so that many files share one start. */
const TOGETHER = [
  ...['core', 'node', 'vectors', 'clients', 'house', 'packaging'],
  ...['cli/command', 'cli/completion', 'cli/options'],
].map((room) => `test/${room}/**/*.test.ts`);
/** These put something else in the place of a module. */
const ALONE = [
  'publish/given-name',
  'publish/output-files',
  'ledger/postgres/network',
  'issue/recorded-files',
].map((name) => `test/node/${name}.test.ts`);

const shared = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // By default one core is left idle: half of what a small machine has.
  maxWorkers: '100%',
  // As users load it: no module of the package is rewritten.
  server: { deps: { external: [new RegExp(`^${import.meta.dirname}/dist/`)] } },
};

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'together', include: TOGETHER, exclude: ALONE, isolate: false } },
      {
        test: {
          ...shared,
          name: 'alone',
          include: ['test/{cli,bench,samples}/*.test.ts', ...ALONE],
        },
      },
    ],
  },
});
