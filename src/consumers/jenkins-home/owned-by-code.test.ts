import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import { fixtureValues, jenkinsKeyFiles, loadFixture, withKeys } from '../../../test/contract/fixtures.ts'
import type { PlaceOwner } from '../../model/place.ts'
import { jenkinsHomeDetector } from './detect.ts'

const keys = jenkinsKeyFiles()
const fixture = loadFixture(join(import.meta.dirname, 'fixtures/create-system/before'), fixtureValues(), keys)
const home = withKeys(fixture, keys)
const { seal } = testContext()

/** Who fills `system/_/bb`, when these files lie in the home besides. */
function ownerWith(files: Readonly<Record<string, string>>): PlaceOwner | undefined {
  const bytes = home.get('credentials.xml')
  if (bytes === undefined) throw new Error('no store')
  const companions = new Map<string, Uint8Array>([...home].map(([name, content]) => [`/home/${name}`, content]))
  for (const [name, text] of Object.entries(files)) companions.set(`/home/${name}`, Buffer.from(text))
  const path = '/home/credentials.xml'
  const wanted = new Set(jenkinsHomeDetector.companions?.(path).flat())
  const companion = (name: string) => (wanted.has(name) ? companions.get(name) : undefined)
  const { places } = jenkinsHomeDetector.detect({ path, bytes, seal, companion })
  const place = places.find(({ address }) => address === 'system/_/bb')
  if (place === undefined) throw new Error('no place')
  return place.ownedBy
}

const yaml = (id: string) =>
  `credentials:\n  system:\n    domainCredentials:\n      - credentials:\n          - usernamePassword:\n              id: ${id}\n              password: "\${BB_PASSWORD}"\n`

describe('a store of the system that configuration as code fills', () => {
  test.each(['jenkins.yaml', 'jenkins.yml', 'casc_configs/jenkins.yaml', 'casc_configs/credentials.yaml'])(
    'its places say so, and where the change belongs: %s',
    (name) => {
      expect(ownerWith({ [name]: yaml('bb') })).toEqual({
        name: `Configuration as Code (/home/${name})`,
        wayOut: `Change it in /home/${name}, or in what that file takes its secret from.`,
        takesChanges: false,
      })
    },
  )

  test.each([
    ['nothing lies beside it', {}],
    ['the YAML sets another', { 'jenkins.yaml': yaml('other') }],
    ['the YAML sets no credentials', { 'jenkins.yaml': 'jenkins:\n  nodes:\n    - id: bb\n' }],
  ])('is the one of the home where %s', (_, files) => {
    expect(ownerWith(files)).toBeUndefined()
  })
})
