import { describe, expect, test } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import type { PlaceRef } from '../model/place.ts'
import { consumers } from './registry.ts'
import { unwrittenFile } from './unwritten-files.ts'

const reasonFor = (path: string): string | undefined => unwrittenFile({ kind: 'file', path })

describe('files that a program writes itself', () => {
  test.each([
    ['/srv/infra/terraform.tfstate', 'terraform apply'],
    ['/srv/infra/terraform.tfstate.backup', 'terraform apply'],
    ['/srv/infra/.terraform/modules/modules.json', 'terraform init'],
    ['/home/a/.bash_history', 'delete the line'],
    ['/home/a/.local/share/fish/fish_history', 'delete the line'],
    ['/home/a/.zsh_sessions/1A2B.history', 'delete the line'],
    ['C:\\Users\\a\\AppData\\Roaming\\PSReadLine\\ConsoleHost_history.txt', 'delete the line'],
    ['/var/log/build.log.1', 'a log'],
    ['/var/jenkins_home/jobs/app/builds/7/log', 'a log'],
    ['/srv/app/.git/FETCH_HEAD', 'git writes'],
    ['C:\\app\\.git\\logs\\HEAD', 'git writes'],
    ['/srv/app/.git/modules/lib/logs/HEAD', 'git writes'],
    ['/srv/app.git/packed-refs', 'git writes'],
    ['/var/jenkins_home/caches/git-0a1b/FETCH_HEAD', 'git writes'],
    ['/srv/app/node_modules/x/package.json', 'install again'],
  ])('%s', (path, words) => {
    expect(reasonFor(path)).toContain(words)
  })

  test.each([
    '/srv/app/package-lock.json',
    '/srv/app/.git/config',
    '/srv/app/.git/modules/logs/config',
    '/home/a/docs/my_history.md',
    '/srv/app/main.tf',
    '/srv/app/src/log',
    '/home/a/.env',
  ])('%s is written', (path) => {
    expect(reasonFor(path)).toBeUndefined()
  })
})

/** Those that find places in files: what they ask others for stands in none. */
const WRITING = consumers.filter(({ connector, detector }) => connector !== undefined && detector !== undefined)

describe.each(WRITING)('$id, as the registry gives it', ({ id, connector }) => {
  const { context } = memoryFiles(new Map())
  const next = { username: 'keep', secret: { set: context.seal(fixtureValues().NEW) } } as const
  const refIn = (path: string): PlaceRef => ({ id: 'p1', consumer: id, at: { kind: 'file', path }, address: 'any' })

  test.each(['/srv/infra/terraform.tfstate', '/home/a/.bash_history', '/srv/app/.git/FETCH_HEAD'])(
    'does not write %s, and says why before it looks',
    async (path) => {
      const place = refIn(path)
      expect(connector?.refuses?.(place)).toBe(reasonFor(path))
      await expect(connector?.stageReplace(place, 'hmac:', next, context)).rejects.toMatchObject({
        code: 'R204',
        parts: { because: reasonFor(path), state: 'Nothing was changed.' },
      })
      const together = await connector?.stageMany?.([{ place, expected: 'hmac:', next }], context)
      expect(together?.each ?? [undefined]).toEqual([undefined])
    },
  )

  test('writes others', () => {
    expect(connector?.refuses?.(refIn('/home/a/.env'))).toBeUndefined()
  })
})
