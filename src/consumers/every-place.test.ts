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

interface Example {
  readonly name: string
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
      document: documentOf(tree, file),
    }))
  })

interface Found {
  readonly consumer: Consumer
  readonly connector: Connector
  readonly place: Place
}

function placesIn(document: Document): readonly Found[] {
  return written.flatMap((consumer) => {
    const { connector, detector } = consumer
    if (connector === undefined || detector?.matches(document.path) !== true) return []
    return detector.detect(document).places.map((place) => ({ consumer, connector, place }))
  })
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

const OUTCOMES = new Map<string, string[]>()

describe.each(examples)('$name', ({ document }) => {
  const found = placesIn(document)
  test.each(['alice+ci@example.com', API_TOKEN_GIT_USERNAME])('every place takes an API token for %s', async (name) => {
    for (const { consumer, connector, place } of found) {
      const files = memoryFiles(new Map([[document.path, document.bytes]]))
      const { context } = files
      const { connector: _, ...ref } = { connector, ...refOf(place, found, consumer) }
      const username = place.username?.span !== undefined || place.username?.encoding === 'base64-pair'
      const change: CredentialChange = {
        username: username ? { set: name } : 'keep',
        secret: { set: context.seal(values.NEW) },
      }
      try {
        const step = staged(await connector.stageReplace(ref, await digestOf(connector, ref, context), change, context))
        const done = await step.commit()
        expect(done).toEqual({ kind: 'changed', now: step.to })
        const after: Document = { ...document, bytes: new Uint8Array(files.bytes(document.path)) }
        const now = consumer.detector?.detect(after).places.find(({ address }) => address === place.address)
        if (now?.secret === undefined) throw new Error('gone')
        expect(decodeField(after.bytes, now.secret)).toBe(values.NEW)
        for (let round = 0; round < 2; round++) {
          const undo = staged(
            await connector.stageRestore(ref, await digestOf(connector, ref, context), step.backup, context),
          )
          await undo.commit()
          expect(files.bytes(document.path).equals(Buffer.from(document.bytes))).toBe(true)
        }
        OUTCOMES.set(consumer.id, [...(OUTCOMES.get(consumer.id) ?? []), 'ok'])
      } catch (error) {
        console.log(
          consumer.id,
          place.address,
          name,
          place.secret?.encoding,
          place.username?.encoding,
          error instanceof Failure ? JSON.stringify(error.parts) : String(error).slice(0, 200),
        )
      }
    }
  })
})

function refOf(place: Place, found: readonly Found[], consumer: Consumer): PlaceRef {
  const key = JSON.stringify([place.username?.span, place.username?.inner])
  const along = found
    .filter((other) => other.consumer === consumer && other.place !== place && place.username?.span !== undefined)
    .filter((other) => JSON.stringify([other.place.username?.span, other.place.username?.inner]) === key)
    .map((other) => other.place.address)
  const { id, at, address } = place
  return { id, consumer: consumer.id, at, address, ...(along.length === 0 ? {} : { with: along }) }
}
