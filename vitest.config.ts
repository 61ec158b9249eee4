import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts'

/** Tests of functions of values, and of servers that keep nothing in their modules: these are loaded once, not for each file. */
const SHARING = ['src/{bitbucket,consumers,diagnose,formats,messages,model,plan}/**/*.test.ts', 'sandbox/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false } },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...SHARING],
        },
      },
    ],
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // The default leaves one core idle, and most of these tests wait for a process that they started.
    maxWorkers: 2,
    reporters: ['default', new ClosingLineReporter()],
  },
})
