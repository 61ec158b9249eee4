import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeField } from '../../test/contract/decode-stored.ts'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../test/contract/fixtures.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Connector, Consumer, Document, Staged } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { consumers } from './registry.ts'

const values = fixtureValues()
const folder = import.meta.dirname
/** Consumers with a connector of their own have suites of their own. */
const OWN = ['netrc', 'git-config', 'git-credentials', 'jenkins', 'jenkins-home']
const written = consumers.filter(({ id, connector }) => connector !== undefined && !OWN.includes(id))

/**
 * Places that stay as they are: in the query of a URL a plus is a blank and an escape would be needed, which the reader of such forms does
 * not take off. A name without `+`, `&`, `%` and `#` is written.
 */
const REFUSED: readonly string[] = ['gitlab import.sh bitbucket_api_token']

interface Example {
  readonly name: string
  readonly file: string
  readonly document: Document
}

const examples: readonly Example[] = readdirSync(folder)
  .filter((id) => !OWN.includes(id) && existsSync(join(folder, id, 'fixtures')))
  .flatMap((id) => readdirSync(join(folder, id, 'fixtures')).map((fixture) => join(id, 'fixtures', fixture, 'before')))
  .filter((path) => existsSync(join(folder, path)))
  .flatMap((path) => {
    const tree = loadFixture(join(folder, path), values)
    return [...tree.keys()].map((file) => ({
      name: `${path.replace('/fixtures/', ' ').replace('/before', '')} ${file}`,
      file,
      document: documentOf(tree, file),
    }))
  })

interface Found {
  readonly consumer: Consumer
  readonly connector: Connector
  readonly place: Place
  readonly ref: PlaceRef
}

function placesIn(document: Document): readonly Found[] {
  return written.flatMap((consumer) => {
    const { connector, detector } = consumer
    if (connector === undefined || detector?.matches(document.path) !== true) return []
    const places = detector.detect(document).places.filter((place) => connector.refuses?.(place) === undefined)
    return places.map((place) => ({ consumer, connector, place, ref: refOf(place, places) }))
  })
}

/** Those whose username is the same bytes change together. */
function refOf(place: Place, places: readonly Place[]): PlaceRef {
  const keyOf = ({ username }: Place): string => JSON.stringify([username?.span, username?.inner])
  const along = places.filter(
    (other) => other !== place && place.username?.span !== undefined && keyOf(other) === keyOf(place),
  )
  const { id, consumer, at, address } = place
  return { id, consumer, at, address, ...(along.length === 0 ? {} : { with: along.map((other) => other.address) }) }
}

function staged(outcome: Staged | { readonly kind: 'conflict' }): Staged {
  if (outcome.kind === 'conflict') throw new Error('a conflict where none was expected')
  return outcome
}

async function digestOf(connector: Connector, ref: PlaceRef, context: Context) {
  const state = await connector.read(ref, context)
  if (state.kind === 'absent') throw new Error(`${ref.address} is absent`)
  return state.digest
}

async function readAlone(connector: Connector, ref: PlaceRef, context: Context) {
  return connector.read(ref, context).catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
}

/** What stands outside of every place that changes. */
function around(bytes: Uint8Array, places: readonly Place[]): string {
  const spans = places.flatMap(({ username, secret }) =>
    [username?.span, secret?.span].filter((one) => one !== undefined),
  )
  let text = ''
  let at = 0
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    if (start >= at) text += `${Buffer.from(bytes.subarray(at, start)).toString('latin1')}\0`
    at = Math.max(at, end)
  }
  return text + Buffer.from(bytes.subarray(at)).toString('latin1')
}

function saidBy(document: Document, { username, secret }: Place): readonly (string | undefined)[] {
  return [secret?.span === undefined ? undefined : decodeField(document.bytes, secret), username?.text]
}

async function changeAndRestore({ consumer, connector, place, ref }: Found, document: Document, name: string) {
  const files = memoryFiles(new Map([[document.path, document.bytes]]))
  const { context } = files
  const hasName = place.username?.span !== undefined || place.username?.encoding === 'base64-pair'
  const change: CredentialChange = {
    username: hasName ? { set: name } : 'keep',
    secret: { set: context.seal(values.NEW) },
  }
  const step = staged(await connector.stageReplace(ref, await digestOf(connector, ref, context), change, context))
  expect(await step.commit()).toEqual({ kind: 'changed', now: step.to })

  const after: Document = { ...document, bytes: new Uint8Array(files.bytes(document.path)) }
  const [old, now] = [document, after].map((each) => consumer.detector?.detect(each).places ?? [])
  if (old === undefined || now === undefined) throw new Error('no detector')
  const changed = (each: Place): boolean => each.address === ref.address || ref.with?.includes(each.address) === true
  expect(now.map(({ address }) => address)).toEqual(expect.arrayContaining(old.map(({ address }) => address)))
  for (const each of now.filter(changed))
    expect(saidBy(after, each)).toEqual([values.NEW, hasName ? name : place.username?.text])
  for (const each of old.filter((one) => !changed(one)))
    expect(saidBy(after, now.find(({ address }) => address === each.address) ?? each)).toEqual(saidBy(document, each))
  expect(around(after.bytes, now.filter(changed))).toBe(around(document.bytes, old.filter(changed)))

  for (let round = 0; round < 2; round++) {
    const expected = await digestOf(connector, ref, context)
    await staged(await connector.stageRestore(ref, expected, step.backup, context)).commit()
    expect(files.bytes(document.path).equals(Buffer.from(document.bytes))).toBe(true)
  }
}

describe.each(examples)('$name', ({ document, file }) => {
  test('every place takes an API token, for REST and for git, and gives the old bytes back', async () => {
    for (const found of placesIn(document)) {
      const name = `${found.consumer.id} ${file} ${found.place.address}`
      for (const username of ['alice+ci@example.com', API_TOKEN_GIT_USERNAME]) {
        try {
          await changeAndRestore(found, document, username)
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          expect([error.code, Object.keys(error.parts).sort()]).toEqual(['R204', ['at', 'because', 'next', 'state']])
          expect(REFUSED).toContain(name)
        }
      }
    }
  })
})

describe.each(examples)('$name', ({ document }) => {
  test('places that are read together are as they are alone', async () => {
    const { context } = memoryFiles(new Map([[document.path, document.bytes]]))
    const found = placesIn(document)
    for (const connector of new Set(found.map((each) => each.connector))) {
      const refs = found.flatMap(({ ref, ...each }) => (each.connector === connector ? [ref] : []))
      const asked = [...refs.slice(0, 1).map((ref): PlaceRef => ({ ...ref, id: 'gone', address: 'nowhere' })), ...refs]
      const alone = await Promise.all(asked.map((ref) => readAlone(connector, ref, context)))
      expect(await connector.readAll?.(asked, context)).toEqual(alone)
    }
  })
})

test('a hundred consumers write what they find', () => {
  const withPlaces = new Set(examples.flatMap(({ document }) => placesIn(document).map(({ consumer }) => consumer.id)))
  expect(withPlaces.size).toBeGreaterThanOrEqual(100)
})
