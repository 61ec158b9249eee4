import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** A pattern for names leaves out nearly all. */
const NAMED_AT_MOST = 20

/**
 * Ends a run with the names of the tests that failed and of those that were left out, and with `N passed, N failed, N skipped`: the one
 * line that every CI can read.
 */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const inState = (state: string): readonly TestCase[] => tests.filter((test) => test.result().state === state)
    const broken = modules.filter((module) => module.errors().length > 0)
    const [failed, leftOut] = [inState('failed'), inState('skipped')]
    const unnamed = leftOut.length - NAMED_AT_MOST
    const named = [
      ...leftOut.slice(0, NAMED_AT_MOST).map((test) => `Left out: ${nameOf(test)}`),
      ...(unnamed > 0 ? [`Left out: ${unnamed} more`] : []),
      ...broken.map(({ relativeModuleId }) => `Failed: ${relativeModuleId}, the file itself`),
      ...failed.map((test) => `Failed: ${nameOf(test)}`),
    ]
    const failures = failed.length + broken.length + unhandledErrors.length
    const counts = `${inState('passed').length} passed, ${failures} failed, ${leftOut.length} skipped`
    process.stdout.write(`\n${[...named, counts].join('\n')}\n`)
  }
}

function nameOf({ module, fullName }: TestCase): string {
  return `${module.relativeModuleId}: ${fullName}`
}
