import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { EMAIL, plain, type ScanStand, scanStand } from './bitbucket-for-tests.ts'

let ground: ScanStand
beforeAll(async () => {
  ground = await scanStand()
})
afterEach(() => ground.stand().jenkins.settled())
afterAll(() => ground.bitbucket.end())

const path = (...parts: string[]) => join(ground.stand().jenkins.home, 'jobs', ...parts)

describe('an organization folder', () => {
  test('makes a project of every repository with the script, and scans each', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.organization()
    const { result, log } = await ground.stand().jenkins.scan('org')
    expect([result, plain(log).split('\n').slice(0, 16)]).toEqual([
      'SUCCESS',
      [
        'Started by user SYSTEM',
        '[time] Starting organization scan...',
        '[time] Updating actions...',
        'Looking up team details of acme...',
        `Connecting to https://bitbucket.org using ${EMAIL}/****** (CI user)`,
        'Team: acme',
        '[time] Consulting Bitbucket Team/Project',
        `Connecting to https://bitbucket.org using ${EMAIL}/****** (CI user)`,
        'Looking up repositories of team acme',
        'Proposing app',
        `Connecting to https://bitbucket.org using ${EMAIL}/****** (CI user)`,
        'Looking up acme/app for branches',
        'Checking branch main from acme/app',
        '      ‘Jenkinsfile’ found',
        '    Met criteria',
        '',
      ],
    ])
    expect(log).toContain('\n3 repositories were processed\n')
    await ground.stand().jenkins.settled()
    expect(await ground.childrenOf('org')).toEqual(['app', 'docs', 'web'])
    expect(readFileSync(path('org', 'jobs', 'app', 'indexing', 'indexing.log'), 'utf8')).toMatch(/^Branch indexing\n/)
  })

  test('a token that cannot read the workspace turns team into user, and the other projects are deleted with SUCCESS', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.organization()
    await ground.stand().jenkins.scan('org')
    await ground.stand().jenkins.settled()
    const narrow = ground.bitbucket.token(['read:repository:bitbucket'])
    await ground.stand().jenkins.addCredential({ store: { folder: 'org' }, id: 'bb', username: EMAIL, secret: narrow })
    const { result, log } = await ground.stand().jenkins.scan('org')
    expect(result).toBe('SUCCESS')
    expect(log).toContain('\nCould not resolve team details\n')
    expect(log).toContain('\nLooking up repositories of user acme\nProposing docs\n')
    expect(log).toContain('\n1 repositories were processed\n')
    expect(log.split('\n').slice(-5, -1)).toEqual(
      ['Evaluating orphaned items in org', 'Will remove app', 'Will remove web', 'Finished: SUCCESS'].sort(
        (a, b) => log.indexOf(a) - log.indexOf(b),
      ),
    )
    expect([await ground.childrenOf('org'), existsSync(path('org', 'jobs', 'app'))]).toEqual([['docs'], false])
  })

  test('a credential that no matcher takes lists public repositories only, with the same loss', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.organization()
    await ground.stand().jenkins.scan('org')
    await ground.stand().jenkins.settled()
    await ground
      .stand()
      .jenkins.addCredential({ store: { folder: 'org' }, id: 'bb', username: 'ci-bot', secret: 'plain' })
    const { result, log } = await ground.stand().jenkins.scan('org')
    expect([result, log.includes('Looking up repositories of user acme')]).toEqual(['SUCCESS', true])
    expect(await ground.childrenOf('org')).toEqual(['docs'])
  })

  test('without pruning the projects stay', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.organization({ orphans: { prune: false } })
    await ground.stand().jenkins.scan('org')
    await ground.stand().jenkins.settled()
    await ground
      .stand()
      .jenkins.addCredential({ store: { folder: 'org' }, id: 'bb', username: 'ci-bot', secret: 'plain' })
    expect((await ground.stand().jenkins.scan('org')).log).not.toContain('Evaluating orphaned items')
    expect(await ground.childrenOf('org')).toEqual(['app', 'docs', 'web'])
  })

  test('a wrong pair fails at the listing, and nothing is deleted', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.organization()
    await ground.stand().jenkins.scan('org')
    await ground.stand().jenkins.settled()
    await ground
      .stand()
      .jenkins.addCredential({ store: { folder: 'org' }, id: 'bb', username: EMAIL, secret: 'x'.repeat(192) })
    const { result, log } = await ground.stand().jenkins.scan('org')
    expect(result).toBe('FAILURE')
    expect(plain(log)).toMatch(
      /\nERROR: \[time\] Could not fetch sources from navigator com\.cloudbees\S+@[0-9a-f]{8}\n/,
    )
    expect(await ground.childrenOf('org')).toEqual(['app', 'docs', 'web'])
  })
})
