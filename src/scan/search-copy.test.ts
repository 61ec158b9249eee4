import { expect, test } from 'vitest'
import { testContext } from '../../test/contract/connector.ts'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { jenkinsHomeJudge } from '../consumers/jenkins-home/judge.ts'
import { goImportJudge } from '../consumers/program/import-judge.ts'
import { consumers } from '../consumers/registry.ts'
import type { FileJudge } from '../system/bulk-files.ts'
import { newSearch } from './search.ts'
import { searchCopy } from './search-copy.ts'

const { OLD } = fixtureValues()
const judge: FileJudge = (path, bytes, nextHit) =>
  jenkinsHomeJudge(() => false)(path, bytes, nextHit) ?? goImportJudge(path, bytes, nextHit)

/** How many places a copy holds, and how many detectors were asked. */
async function searched(name: string, text: string, asked: { judge?: FileJudge }): Promise<readonly [number, number]> {
  let count = 0
  const counting = consumers.map((consumer) => ({
    ...consumer,
    ...(consumer.detector === undefined
      ? {}
      : {
          detector: {
            ...consumer.detector,
            detect: (document: Parameters<typeof consumer.detector.detect>[0]) => {
              count++
              return consumer.detector?.detect(document) ?? { places: [], demands: [], unread: [] }
            },
          },
        }),
  }))
  const search = newSearch({ roots: ['/r'], base: '/r' }, counting, testContext(), asked)
  const copy = { path: `/r/${name}`, shownAs: name, fileOf: name }
  const { places } = await searchCopy(copy, Buffer.from(text), search)
  return [places.length, count]
}

const GO = 'package a\n\nimport "bitbucket.org/acme/lib"\n'
const LOG = ' > git fetch https://bitbucket.org/acme/app.git # timeout=10\n'

test.each([
  ['a source of Go', 'a.go', GO],
  ['the log of a build', 'jobs/a/builds/1/log', LOG],
])(
  '%s that says nothing is judged in a history and an archive, too, and no detector is asked',
  async (_, name, text) => {
    expect(await searched(name, text, { judge })).toEqual([0, 0])
    const [places, asked] = await searched(name, text, {})
    expect([places, asked > 0]).toEqual([0, true])
  },
)

test('one that says more is given to the detectors', async () => {
  const [places, asked] = await searched('a.go', `${GO}var url = "https://alice:${OLD}@bitbucket.org/acme/app.git"\n`, {
    judge,
  })
  expect([places, asked > 0]).toEqual([1, true])
})
