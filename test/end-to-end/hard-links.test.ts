import { link, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyturn } from '../../src/index.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-links-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function planned(path: string) {
  const keyturn = await openKeyturn({ environment: {}, home: join(folder, 'keyturn') })
  await keyturn.addToken({ name: 'new', secret: apiToken(), username: 'alice', offline: true })
  return keyturn.plan(await keyturn.scan({ paths: [path] }), { offline: true })
}

describe('a plan for a file with several names', () => {
  const of = async (name: string) => {
    const path = join(folder, name)
    await writeFile(path, `machine bitbucket.org login alice password ${appPassword()}\n`)
    return path
  }

  it('says that the others keep the old bytes', async () => {
    const path = await of('.netrc')
    await link(path, join(folder, 'other'))
    const { steps, conditions } = await planned(path)
    expect([steps.length, conditions]).toMatchObject([
      1,
      [{ text: 'no other name of the file is in use', steps: ['s1'] }],
    ])
  })

  it('has nothing to say of a file with one name', async () => {
    expect((await planned(await of('.netrc'))).conditions).toEqual([])
  })
})
