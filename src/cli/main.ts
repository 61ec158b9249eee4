import { makeProgram } from './program.ts'
import { runToEnd } from './run-to-end.ts'

/** The command line of this process, to its end. */
export function main(): Promise<void> {
  return runToEnd(() => makeProgram().parseAsync(process.argv))
}
