import type { Sandbox } from '../../sandbox/index.ts'
import { GitHome, runClient } from './client-run.ts'
import { type GitCase, gitCases } from './git-cases.ts'
import { requestsDuring } from './town.ts'

/** What a program around a library did: its exit code, its output or last words, and the requests it caused. */
export interface LibraryRun {
  readonly exit: number | null
  readonly says: string
  readonly sent: readonly string[]
}

/** Runs one of the Python scripts beside this file for one credential, which it reads from its standard input. */
export const runPython = async (
  sandbox: Sandbox,
  script: string,
  args: readonly string[],
  name: GitCase,
): Promise<LibraryRun> => {
  const home = new GitHome(sandbox)
  const { username, secret } = gitCases[name](sandbox)
  const { result, sent } = await requestsDuring(sandbox, () =>
    // Debian's modules belong to Debian's Python, which need not be the first one on the path.
    runClient(
      '/usr/bin/python3',
      [`${import.meta.dirname}/scripts/${script}`, ...args],
      home.environment(),
      home.folder,
      {
        input: `${username}\n${secret}\n`,
      },
    ),
  )
  const says = result.exit === 0 ? result.stdout.trim().replaceAll('\n', ' ') : (result.screen.at(-1) ?? '')
  return { exit: result.exit, says, sent }
}
