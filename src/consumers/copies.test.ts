import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../test/contract/fixtures.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import type { PlaceRef } from '../model/place.ts'
import { consumers } from './registry.ts'

const values = fixtureValues()

function placesIn(consumer: string, fixture: string, file: string) {
  const { detector, connector } = consumers.find(({ id }) => id === consumer) ?? {}
  if (connector === undefined || detector === undefined) throw new Error(`${consumer} has no connector`)
  const tree = loadFixture(join(import.meta.dirname, consumer, 'fixtures', fixture, 'before'), values)
  const document = documentOf(tree, file)
  return { connector, document, places: detector.detect(document).places }
}

describe('what a store of secrets printed is a copy, and is not written', () => {
  test.each([
    ['aws-secrets', 'secret-value', 'secret.json', 'aws secretsmanager put-secret-value'],
    ['aws-secrets', 'parameters', 'parameters.json', 'aws ssm put-parameter'],
    ['google-secret-manager', 'reply', 'version.json', 'gcloud secrets versions add'],
    ['azure-key-vault', 'shown', 'secret.json', 'az keyvault secret set'],
    ['vault', 'reply', 'secret.json', 'vault kv patch'],
    ['vault', 'file', 'bitbucket.json', 'vault kv patch'],
  ])('%s %s: the plan names the way out, and the connector refuses', async (consumer, fixture, file, wayOut) => {
    const { connector, document, places } = placesIn(consumer, fixture, file)
    const { context } = memoryFiles(new Map([[document.path, document.bytes]]))
    expect(places.length).toBeGreaterThan(0)
    for (const { id, at, address } of places) {
      const ref: PlaceRef = { id, consumer, at, address }
      expect(connector.refuses?.(ref)).toContain(wayOut)
      const state = await connector.read(ref, context)
      if (state.kind === 'absent') throw new Error('absent')
      const change = { username: 'keep', secret: { set: context.seal(values.NEW) } } as const
      await expect(connector.stageReplace(ref, state.digest, change, context)).rejects.toMatchObject({
        code: 'R204',
        parts: { because: expect.stringContaining(wayOut) },
      })
    }
  })

  test.each([
    ['aws-secrets', 'command', 'put.sh'],
    ['google-secret-manager', 'terraform', 'secrets.tf'],
    ['azure-key-vault', 'command', 'set.sh'],
    ['vault', 'command', 'put.sh'],
  ])('%s %s: what the store is filled from is written', (consumer, fixture, file) => {
    const { connector, places } = placesIn(consumer, fixture, file)
    expect(places.length).toBeGreaterThan(0)
    expect(places.map((place) => connector.refuses?.(place))).toEqual(places.map(() => undefined))
  })
})
