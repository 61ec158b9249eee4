import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMAIL, Machine, startWorld, type World } from '../live/stage.ts'

/**
 * A plan asks for the least that a script does. The token that has exactly this is kept, written and proved, and the next plan finds
 * nothing to do: whatever is asked on the way takes no scope that was not asked for.
 */
const REPOSITORY = '/repositories/acme/app'

let world: World
let count = 0
beforeAll(async () => {
  world = await startWorld()
  world.sandbox.world.grant('alice', 'acme/app', 'admin')
})
afterAll(() => world?.stop())

async function planOf(at: Machine): Promise<{
  readonly requests: readonly { readonly scopes: readonly string[] }[]
  readonly steps: readonly unknown[]
  readonly kept: readonly { readonly reason: string }[]
}> {
  return JSON.parse((await at.keyturn(['plan', `${at.home}/bin`, '--json'])).stdout)
}

describe('a token with the scopes that were asked for', () => {
  it.each([
    ['GET', `${REPOSITORY}/pullrequests`, ['read:pullrequest']],
    ['POST', `${REPOSITORY}/commit/abc/statuses/build`, ['read:repository']],
    ['DELETE', `${REPOSITORY}/hooks/1`, ['delete:webhook', 'read:webhook']],
    ['POST', `${REPOSITORY}/deploy-keys`, ['admin:repository', 'read:ssh-key', 'write:ssh-key']],
    ['GET', '/workspaces/acme/members', ['read:workspace']],
    ['GET', '/user', ['read:user']],
  ])('serves a script that asks %s %s', async (method, path, scopes) => {
    const at = new Machine(world, `least-${++count}`)
    const { world: bitbucket } = world.sandbox
    const pair = `alice:${bitbucket.addAppPassword('alice')}`
    await at.write('bin/ask.sh', `#!/bin/sh\ncurl -u ${pair} -X ${method} "https://api.bitbucket.org/2.0${path}"\n`)
    const asked = (await planOf(at)).requests[0]?.scopes ?? []
    expect(asked).toEqual(scopes.map((scope) => `${scope}:bitbucket`))

    const token = bitbucket.addApiToken('alice', { name: 'least', scopes: asked })
    await at.keyturn(['token', 'add', 'alice', '--email', EMAIL, '--username', 'alice'], { input: token })
    await at.keyturn(['plan', `${at.home}/bin`, '-o', 'plan.json'])
    const { exitCode, stdout, stderr } = await at.keyturn(['apply', 'plan.json'])
    expect(exitCode, stdout + stderr).toBe(0)
    expect(await planOf(at)).toMatchObject({ requests: [], steps: [], kept: [{ reason: 'it works' }] })
  })
})
