import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'test/system/**'],
    testTimeout: 30_000,
    // By default one core is left idle: half of what a small machine has.
    maxWorkers: '100%',
    // As users load it: no module of the package is rewritten.
    server: { deps: { external: [new RegExp(`^${import.meta.dirname}/dist/`)] } },
  },
});
