import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import { documentOf } from '../../../test/contract/detector.ts'
import {
  fixtureValues,
  jenkinsKeyFiles,
  loadFixture,
  temporaryFolder,
  withKeys,
} from '../../../test/contract/fixtures.ts'
import { scan } from '../../scan/scan.ts'
import { consumers } from '../registry.ts'
import { jenkinsHomeDetector } from './detect.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const pipeline = loadFixture(join(import.meta.dirname, 'fixtures', 'rewire-pipeline/before'), values, keys)
const config = pipeline.get('jobs/app/config.xml')?.toString('utf8') ?? ''
const withText = (element: string) => config.replace('<lightweight>', `${element}\n    <lightweight>`)
const explained = (text: string) =>
  jenkinsHomeDetector.detect(documentOf(new Map([['jobs/app/config.xml', Buffer.from(text)]]), 'jobs/app/config.xml'))
    .explained

test('a job of nothing but remotes and ids is read in full', () => {
  expect(explained(config)).toBeDefined()
  expect(explained(withText('<command>make all &amp;&amp; make check</command>'))).toBeDefined()
})

test.each([
  ['a command that signs in', '<command>curl -u a:b https://api.bitbucket.org/2.0/user</command>'],
  ['a variable', '<command>deploy $TARGET</command>'],
  ['a variable of Windows', '<command>deploy %TARGET%</command>'],
  ['a list of variables', '<propertiesContent>NAME=value</propertiesContent>'],
  ['an attribute that is not of XStream', '<a token="x"/>'],
  ['a URL with a user', '<url>https://alice@git.example.org/app.git</url>'],
])('%s is for others to read, too', (_, element) => {
  expect(explained(withText(element))).toBeUndefined()
})

test('what others find in a job is found, whether or not its remotes are read in full', async () => {
  const token = values.OLD
  const jobs = {
    command: withText(`<command>curl -u alice:${token} https://api.bitbucket.org/2.0/user</command>`),
    comment: withText(`<!-- ${token} -->`),
    description: config.replace('<description>bb</description>', `<description>${token}</description>`),
    cdata: withText(`<x><![CDATA[${token}]]></x>`),
  }
  const tree = new Map(Object.entries(jobs).map(([name, text]) => [`jobs/${name}/config.xml`, Buffer.from(text)]))
  const folder = temporaryFolder(withKeys(tree, keys))
  const inventory = await scan({ roots: [folder.path] }, consumers, testContext())
  folder.remove()
  const told = [
    ...inventory.places.map(({ at }) => (at.kind === 'file' ? at.path : '')),
    ...inventory.unread.map(({ at }) => at),
  ]
  for (const name of Object.keys(jobs)) expect(told.filter((path) => path.includes(`/jobs/${name}/`))).not.toEqual([])
})

test('a reference gets an id of its own in each job', async () => {
  const tree = new Map(['one', 'two'].map((name) => [`jobs/${name}/config.xml`, Buffer.from(config)]))
  const store = loadFixture(join(import.meta.dirname, 'fixtures', 'create-system/before'), values, keys)
  const folder = temporaryFolder(withKeys(new Map([...tree, ...store]), keys))
  const { places } = await scan({ roots: [folder.path] }, consumers, testContext())
  folder.remove()
  const references = places
    .find(({ address }) => address === 'system/_/bb')
    ?.uses.flatMap(({ reference }) => reference ?? [])
  expect(new Set(references?.map(({ address }) => address))).toEqual(
    new Set(['job/one/credentials/git', 'job/two/credentials/git']),
  )
  expect(new Set(references?.map(({ id }) => id)).size).toBe(2)
})
