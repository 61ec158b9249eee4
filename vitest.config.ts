import { defineConfig } from 'vitest/config'
import { ALONE } from './test/support/alone.ts'
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts'
import { LongFirst } from './test/support/long-first.ts'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'sharing',
          include: ['{sandbox,src,test,tools}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...ALONE],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: [...ALONE] } },
    ],
    sequence: { sequencer: LongFirst },
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Documents of half a megabyte become many small objects: with the young generation of 16 MiB, more time went into moving them than into all else.
    execArgv: ['--max-semi-space-size=64'],
    // The default leaves one core idle, and most of these tests wait for a process that they started.
    maxWorkers: 2,
    reporters: ['default', new ClosingLineReporter()],
  },
})
