import { expect, it } from 'vitest'
import { jgitTable, runJgit } from './jgit-run.ts'
import { describeClient } from './presence.ts'
import { startTown } from './town.ts'

describeClient('jgit-7', ({ folder }) => {
  it('says the same as JGit 4, and speaks protocol version 2', async () => {
    const sandbox = await startTown()
    try {
      const more = (whom: string) => [`POST bitbucket.org/acme/app.git/git-upload-pack as Basic ${whom}: 200`]
      expect(Object.fromEntries(await runJgit(sandbox, `${folder}/*`))).toEqual(jgitTable(more))
    } finally {
      await sandbox.stop()
    }
  })
})
