import { describe, expect, test } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import type { Connector, Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import type { PlaceRef } from '../model/place.ts'
import { consumers } from './registry.ts'

const { OLD, NEW } = fixtureValues()
const NETRC = ['alice', 'bob'].map((name) => `machine bitbucket.org login ${name} password ${OLD}\n`).join('')
const CONFIG = `[url "https://alice:${OLD}@bitbucket.org/"]\n  insteadOf = https://bitbucket.org/\n`
const STORE = `https://alice:${OLD}@bitbucket.org\n`

interface Inside {
  readonly consumer: string
  readonly path: string
  readonly text: string
}

/** In an object of Kubernetes. */
const inManifest = (consumer: string, name: string, text: string): Inside => ({
  consumer,
  path: '/somewhere/objects.yaml',
  text: `apiVersion: v1\nkind: ConfigMap\ndata:\n  ${name}: |\n${text.replace(/^(?=.)/gm, '    ')}`,
})
const NESTED: readonly Inside[] = [
  inManifest('netrc', '.netrc', NETRC),
  inManifest('git-config', '.gitconfig', CONFIG),
  inManifest('git-credentials', '.git-credentials', STORE),
]

function bench({ consumer: id, path, text }: Inside) {
  const files = memoryFiles(new Map([[path, Buffer.from(text)]]))
  const { connector, detector } = consumers.find((consumer) => consumer.id === id) ?? {}
  if (connector === undefined || detector === undefined) throw new Error(`${id} changes no files`)
  const document: Document = { path, bytes: files.bytes(path), seal: files.context.seal, companion: () => undefined }
  const { places } = detector.matches(path) ? detector.detect(document) : { places: [] }
  const found = places.length > 0 ? places : (detector.detectNested?.(document).places ?? [])
  const refs = found.map(({ id, consumer, at, address }): PlaceRef => ({ id, consumer, at, address }))
  return { files, connector, refs, text: () => files.bytes(path).toString('utf8') }
}

async function digestOf(connector: Connector, ref: PlaceRef, files: ReturnType<typeof memoryFiles>) {
  const state = await connector.read(ref, files.context)
  if (state.kind === 'absent') throw new Error(`${ref.address} is absent`)
  return state.digest
}

describe('a file inside another document', () => {
  test.each(NESTED)(
    '$consumer: places that are read together are there as those that are read alone',
    async (inside) => {
      const { files, connector, refs } = bench(inside)
      const gone: PlaceRef = {
        consumer: inside.consumer,
        id: 'P9',
        address: 'nowhere',
        at: { kind: 'file', path: inside.path },
      }
      const asked = [gone, ...refs]
      const alone = await Promise.all(asked.map((ref) => connector.read(ref, files.context)))
      expect(await connector.readAll?.(asked, files.context)).toEqual(alone)
      expect(alone.map(({ kind }) => kind)).toEqual(['absent', ...refs.map(() => 'present')])
      expect(refs.length).toBeGreaterThan(0)
    },
  )
})

describe('a file whose bytes are not what is used', () => {
  const remote = (name: string): string => `remote: https://${name}:${OLD}@bitbucket.org/w/r.git\n`
  const inState = (consumer: string, name: string, text: string): Inside => ({
    consumer,
    path: '/somewhere/terraform.tfstate',
    text: JSON.stringify({ kind: 'Secret', stringData: { [name]: text } }),
  })
  const cases: readonly Inside[] = [
    ...['terraform.tfstate', 'trace.har', 'build.log'].map((name) => ({
      consumer: 'url-userinfo',
      path: `/somewhere/${name}`,
      text: remote('alice') + remote('bob'),
    })),
    inState('netrc', '.netrc', NETRC),
    inState('git-config', '.gitconfig', CONFIG),
    inState('git-credentials', '.git-credentials', STORE),
  ]
  test.each(cases)('$consumer does not write $path, neither alone nor with others', async (inside) => {
    const { files, connector, refs, text } = bench(inside)
    expect(refs.length).toBeGreaterThan(0)
    const next: CredentialChange = { username: 'keep', secret: { set: files.context.seal(NEW) } }
    const asked = await Promise.all(
      refs.map(async (place) => ({ place, expected: await digestOf(connector, place, files), next })),
    )
    for (const { place, expected } of asked) {
      expect(connector.refuses?.(place)).toMatch(/\w/)
      await expect(connector.stageReplace(place, expected, next, files.context)).rejects.toMatchObject({ code: 'R204' })
    }
    const together = await connector.stageMany?.(asked, files.context)
    expect(together?.each.every((one) => one === undefined) ?? true).toBe(true)
    await together?.commit()
    expect(text()).toBe(inside.text)
  })
})
