import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { type IsomorphicAnswer, listWithIsomorphicGit } from './isomorphic-client.ts'
import { describeClient } from './presence.ts'
import { refusals, token } from './refusals.ts'
import { apiTokenUser, requestsDuring, startTown, privateUrl as url } from './town.ts'

/** isomorphic-git is a library: it prints nothing, and throws the status and the body that it was given. */
describeClient('isomorphic-git', () => {
  it.each(refusals)('$cause: $status', async (row) => {
    const sandbox = await startTown(row.options)
    try {
      const pair = row.pair(sandbox)
      row.arrange?.(sandbox)
      const answer = await listWithIsomorphicGit(sandbox, { url, pair, forPush: row.push === true })
      expect(answer).toEqual({ status: row.status, body: row.body.join('\n') } satisfies IsomorphicAnswer)
    } finally {
      await sandbox.stop()
    }
  })

  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startTown()
  })
  afterAll(() => sandbox.stop())

  it.each([apiTokenUser, 'alice', 'x-token-auth'])(
    'an API token with both scopes fetches under %s, which its caller must know',
    async (username) => {
      const pair = { username, secret: token(sandbox) }
      const { result, sent } = await requestsDuring(sandbox, () =>
        listWithIsomorphicGit(sandbox, { url, pair, forPush: false }),
      )
      const refs = 'GET bitbucket.org/acme/app.git/info/refs?service=git-upload-pack as'
      expect(result).toEqual({ refs: ['HEAD', 'refs/heads/main'] })
      expect(sent).toEqual([
        `${refs} nobody: 401`,
        `${refs} Basic ${username}: 200`,
        `POST bitbucket.org/acme/app.git/git-upload-pack as Basic ${username}: 200`,
      ])
    },
  )
})
