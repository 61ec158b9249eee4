import { expect, it } from 'vitest'
import { jgitTable, runJgit } from './jgit-run.ts'
import { describeClient } from './presence.ts'
import { startTown } from './town.ts'

const jars = ['org.eclipse.jgit', 'javaewah', 'slf4j-api', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`)

describeClient('jgit', () => {
  // Java itself repeats a request whose kept connection has gone meanwhile, which a busy machine brings about: seen once, with a fourth one.
  it('says "not authorized" for every 401, and loses the text of 403 and 410', { retry: 1 }, async () => {
    const sandbox = await startTown()
    try {
      expect(Object.fromEntries(await runJgit(sandbox, jars.join(':')))).toEqual(jgitTable(() => []))
    } finally {
      await sandbox.stop()
    }
  })
})
