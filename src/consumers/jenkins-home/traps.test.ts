import { chmodSync, mkdirSync, renameSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import {
  fixtureValues,
  jenkinsKeyFiles,
  loadFixture,
  readTree,
  type TemporaryFolder,
  temporaryFolder,
  withKeys,
} from '../../../test/contract/fixtures.ts'
import type { PlaceRef } from '../../model/place.ts'
import { jenkinsHomeConnector } from './connect.ts'
import { jenkinsHomeDetector } from './detect.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const context = testContext()
const bare = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values, keys)

describe('a home as administrators have it', () => {
  let folder: TemporaryFolder
  beforeEach(() => {
    folder = temporaryFolder(withKeys(new Map([...bare('create-system/before'), ...bare('folder/before')]), keys))
  })
  afterEach(() => folder.remove())

  const placeAt = (path: string, address: string): PlaceRef => ({
    id: 'p1',
    consumer: 'jenkins-home',
    at: { kind: 'file', path: join(folder.path, path) },
    address,
  })
  const replace = async (place: PlaceRef) => {
    const state = await jenkinsHomeConnector.read(place, context)
    if (state.kind === 'absent') throw new Error('absent')
    const change = { username: 'keep', secret: { set: context.seal(values.NEW) } } as const
    const outcome = await jenkinsHomeConnector.stageReplace(place, state.digest, change, context)
    return outcome.kind === 'staged' ? outcome.commit() : outcome
  }

  test('mode stays: a file that Jenkins cannot read makes it start with an empty store', async () => {
    const path = join(folder.path, 'credentials.xml')
    chmodSync(path, 0o664)
    expect(await replace(placeAt('credentials.xml', 'system/_/bb'))).toMatchObject({ kind: 'changed' })
    expect(statSync(path).mode & 0o7777).toBe(0o664)
  })

  test('a link to the file stays a link, and the file behind it changes', async () => {
    mkdirSync(join(folder.path, 'kept'))
    renameSync(join(folder.path, 'credentials.xml'), join(folder.path, 'kept/credentials.xml'))
    symlinkSync('kept/credentials.xml', join(folder.path, 'credentials.xml'))
    expect(await replace(placeAt('credentials.xml', 'system/_/bb'))).toMatchObject({ kind: 'changed' })
    expect(readTree(folder.path).has('credentials.xml')).toBe(false)
    expect(statSync(join(folder.path, 'credentials.xml')).isFile()).toBe(true)
  })

  test('jobs that lie on another disk, behind a link, are changed with the keys of this home', async () => {
    renameSync(join(folder.path, 'jobs'), join(folder.path, 'other-disk'))
    symlinkSync('other-disk', join(folder.path, 'jobs'))
    expect(await replace(placeAt('jobs/team/config.xml', 'folder/team/_/bb'))).toMatchObject({ kind: 'changed' })
  })

  test('nothing in secrets/ changes, nor is anything left beside the file', async () => {
    const before = [...readTree(folder.path).keys()]
    await replace(placeAt('credentials.xml', 'system/_/bb'))
    const after = readTree(folder.path)
    expect([...after.keys()]).toEqual(before)
    expect(after.get('secrets/master.key')).toEqual(keys.masterKey)
    expect(after.get('secrets/hudson.util.Secret')).toEqual(keys.secretFile)
  })
})

describe('a store that configuration as code holds', () => {
  const yaml = (line: string) =>
    `credentials:\n  system:\n    domainCredentials:\n      - credentials:\n          - usernamePassword:\n              scope: GLOBAL\n              ${line}\n`
  const attempt = async (files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) => {
    const added = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const)
    const folder = temporaryFolder(withKeys(new Map([...bare('create-system/before'), ...added]), keys))
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder.path, name))
    const at = { kind: 'file', path: join(folder.path, 'credentials.xml') } as const
    const place = { id: 'p1', consumer: 'jenkins-home', at, address: 'system/_/bb' }
    try {
      const state = await jenkinsHomeConnector.read(place, context)
      if (state.kind === 'absent') return 'absent'
      const change = { username: 'keep', secret: { set: context.seal(values.NEW) } } as const
      return (await jenkinsHomeConnector.stageReplace(place, state.digest, change, context)).kind
    } catch (error) {
      return error
    } finally {
      folder.remove()
    }
  }

  test('is not written: the next start would undo it, so the file that sets it is named', async () => {
    for (const line of ['id: bb', 'id: "bb"', "id: 'bb' # for git"])
      expect(await attempt({ 'jenkins.yaml': yaml(line) })).toMatchObject({ code: 'R204' })
    for (const name of ['credentials.yml', 'team/credentials.yaml', 'credentials.YAML'])
      expect(await attempt({ [`casc_configs/${name}`]: yaml('id: bb') })).toMatchObject({ code: 'R204' })
  })

  test('is not written where links lead to the file, as in a mounted ConfigMap', async () => {
    const mounted = { 'casc_configs/..data/bb.yaml': yaml('id: bb') }
    expect(await attempt(mounted, { 'casc_configs/bb.yaml': '..data/bb.yaml' })).toMatchObject({ code: 'R204' })
    expect(await attempt({ 'code/bb.yaml': yaml('id: bb') }, { 'jenkins.yaml': 'code/bb.yaml' })).toMatchObject({
      code: 'R204',
    })
    expect(await attempt({ 'casc_configs/x.yaml': '' }, { 'casc_configs/self': '.', 'jenkins.yaml': 'gone' })).toBe(
      'staged',
    )
  })

  test('is written where the code sets other credentials, or none', async () => {
    expect(await attempt({ 'jenkins.yaml': yaml('id: bb-other') })).toBe('staged')
    expect(await attempt({ 'jenkins.yaml': 'unclassified:\n  x:\n    id: bb\n' })).toBe('staged')
    expect(await attempt({ 'casc_configs/readme.txt': yaml('id: bb') })).toBe('staged')
  })
})

test('numbers, histories, keys and what a build archived are no configuration', () => {
  const paths = [
    'jobs/a/builds/1/archive/log.txt',
    'jobs/a/builds/1/injectedEnvVars.txt',
    'jobs/a/nextBuildNumber',
    'config-history/jobs/a/2026-01-01_00-00-00/config.xml',
    'secrets/master.key',
  ]
  expect(paths.filter((path) => jenkinsHomeDetector.matches(`/home/${path}`))).toEqual([])
})

describe('a credential that jobs at Bitbucket are not given', () => {
  const stored = (domain: string, type: string, scope: string): string =>
    `<entry><com.cloudbees.plugins.credentials.domains.Domain>${domain}</com.cloudbees.plugins.credentials.domains.Domain>` +
    `<list><${type}><scope>${scope}</scope><id>bb</id><username>x</username><password>${values.OLD}</password><secret>${values.OLD}</secret></${type}></list></entry>`
  const PAIR = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const TEXT = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl'
  const forHost = (host: string): string =>
    `<name>d</name><specifications><com.cloudbees.plugins.credentials.domains.HostnameSpecification><includes>${host}</includes></com.cloudbees.plugins.credentials.domains.HostnameSpecification></specifications>`
  test.each([
    ['of the global domain', stored('<specifications/>', PAIR, 'GLOBAL'), undefined],
    ['of a domain for it', stored(forHost('bitbucket.org'), PAIR, 'GLOBAL'), undefined],
    ['of a domain for another host', stored(forHost('github.com'), PAIR, 'GLOBAL'), 'jobs'],
    ['of scope SYSTEM', stored('<specifications/>', PAIR, 'SYSTEM'), 'jobs'],
    ['without a username', stored('<specifications/>', TEXT, 'GLOBAL'), 'plain git'],
  ])('%s is told to be withheld or not', (_, entry, withheldFrom) => {
    const provider = 'com.cloudbees.plugins.credentials.SystemCredentialsProvider'
    const xml = `<?xml version='1.1' encoding='UTF-8'?>\n<${provider}><domainCredentialsMap>${entry}</domainCredentialsMap></${provider}>`
    const companion = (): undefined => undefined
    const path = '/var/jenkins/credentials.xml'
    const { places } = jenkinsHomeDetector.detect({ path, bytes: Buffer.from(xml), seal: context.seal, companion })
    expect(places.map((place) => place.withheldFrom)).toEqual([withheldFrom])
  })
})
