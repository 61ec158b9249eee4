import { expect, it } from 'vitest'
import { jgitTable, runJgit } from './jgit-run.ts'
import { describeClient } from './presence.ts'
import { startTown } from './town.ts'

const jars = ['org.eclipse.jgit', 'javaewah', 'slf4j-api', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`)

describeClient('jgit', () => {
  it('says "not authorized" for every 401, and loses the text of 403 and 410', async () => {
    const sandbox = await startTown()
    try {
      expect(Object.fromEntries(await runJgit(sandbox, jars.join(':')))).toEqual(jgitTable(() => []))
    } finally {
      await sandbox.stop()
    }
  })
})
