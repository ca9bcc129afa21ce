import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**'],
    testTimeout: 30_000,
    // By default one core is left idle: half of what a small machine has.
    maxWorkers: '100%',
  },
});
