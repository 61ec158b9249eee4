import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { DOCUMENT_READERS } from '../../test/support/document-readers.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import { FAMILIES, type Family, type Material, materials } from '../../test/support/random-documents.ts'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Connector, Consumer, Document, Staged } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { consumers } from './registry.ts'

const { OLD, NEW } = fixtureValues()
const OLD_NAME = 'alice.old'
/** What people and Bitbucket use: none of them needs quotes anywhere. */
const ORDINARY = ['alice+ci@example.com', API_TOKEN_GIT_USERNAME, 'x-token-auth', 'Alice_B.9@mail.example.com']
const HOSTILE = [
  "o'neil+ci#1@example.com",
  'a"b\\c',
  '$HOME`x`',
  '%a%20 {b}',
  ' ü€ ',
  '#{x}${y}',
  '- a: b, [c]',
  '\\',
  '"',
  "'",
]
/** Documents of each family. `DOCUMENTS=2000` looks longer. */
const COUNT = Number(process.env['DOCUMENTS'] ?? 8)

interface Found {
  readonly consumer: Consumer
  readonly connector: Connector
  readonly place: Place
  readonly ref: PlaceRef
}

/** Places of the old secret, found by whoever can write them. */
function placesIn(document: Document): readonly Found[] {
  return consumers.flatMap((consumer) => {
    const { connector, detector } = consumer
    if (connector === undefined || detector?.matches(document.path) !== true) return []
    const places = detector.detect(document).places
    return places
      .filter((place) => connector.refuses?.(place) === undefined && place.secret?.value?.reveal() === OLD)
      .map(({ id, consumer: owner, at, address, ...place }) => ({
        consumer,
        connector,
        place: { id, consumer: owner, at, address, ...place },
        ref: { id, consumer: owner, at, address },
      }))
  })
}

async function digestOf(connector: Connector, ref: PlaceRef, context: Context) {
  const state = await connector.read(ref, context)
  if (state.kind === 'absent') throw new Error(`${ref.address} is absent`)
  return state.digest
}

function staged(outcome: Staged | { readonly kind: 'conflict' }): Staged {
  if (outcome.kind === 'conflict') throw new Error('a conflict where none was expected')
  return outcome
}

interface Outcome {
  readonly material: Material
  readonly before: string
  /** Absent: it was refused. */
  readonly after: string | undefined
  readonly because: string | undefined
  readonly name: string | undefined
}

/** Replaces, looks that restoring gives the old bytes, and tells what stood there in between. */
async function changed(family: Family, material: Material, found: Found, name: string): Promise<Outcome> {
  const before = family.write(material)
  const bytes = Buffer.from(before, family.encoding ?? 'utf8')
  const path = `/somewhere/${family.path}`
  const files = memoryFiles(new Map([[path, bytes]]))
  const { context } = files
  const { connector, ref, place } = found
  const hasName = place.username?.span !== undefined || place.username?.encoding === 'base64-pair'
  const change: CredentialChange = {
    username: hasName ? { set: name } : 'keep',
    secret: { set: context.seal(NEW) },
  }
  const outcome = { material, before, name: hasName ? name : undefined }
  let step: Staged
  try {
    step = staged(await connector.stageReplace(ref, await digestOf(connector, ref, context), change, context))
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'R204') throw error
    expect(files.bytes(path).equals(bytes)).toBe(true)
    return { ...outcome, after: undefined, because: `${found.consumer.id}: ${error.parts.because}` }
  }
  await step.commit()
  const after = files.bytes(path).toString(family.encoding ?? 'utf8')
  for (let round = 0; round < 2; round++) {
    const expected = await digestOf(connector, ref, context)
    await staged(await connector.stageRestore(ref, expected, step.backup, context)).commit()
    expect(files.bytes(path).equals(bytes)).toBe(true)
  }
  return { ...outcome, after, because: undefined }
}

/** URLs and headers as what they say, so that two ways to write the same are the same. */
function said(value: unknown, adapt: (text: string) => string): unknown {
  if (typeof value === 'string') {
    const url = value.replace(
      /:\/\/([^:@/\s]*):([^@/\s]*)@/g,
      (_, name, secret) => `://${decodeURIComponent(name)}:${decodeURIComponent(secret)}@`,
    )
    return adapt(
      url.replace(/Basic ([A-Za-z0-9+/]+=*)/g, (_, pair) => `Basic ${Buffer.from(pair, 'base64').toString()}`),
    )
  }
  if (Array.isArray(value)) return value.map((one) => said(one, adapt))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, said(one, adapt)]))
}

async function outcomesOf(family: Family): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const material of fc.sample(materials({ username: OLD_NAME, secret: OLD }), COUNT)) {
    const { context } = memoryFiles(new Map())
    const bytes = new Uint8Array(Buffer.from(family.write(material), family.encoding ?? 'utf8'))
    const document = { path: `/somewhere/${family.path}`, bytes, seal: context.seal, companion: () => undefined }
    const found = placesIn(document)
    expect(found.length, family.write(material)).toBeGreaterThan(0)
    for (const each of found)
      for (const names of [ORDINARY, HOSTILE])
        outcomes.push(await changed(family, material, each, names[material.frame % names.length] ?? ''))
  }
  return outcomes
}

describe.each(FAMILIES)('random documents: $name', (family) => {
  let known: Promise<readonly Outcome[]> | undefined
  const outcomes = (): Promise<readonly Outcome[]> => {
    known ??= outcomesOf(family)
    return known
  }

  test('an ordinary username and a token are never refused, and the old bytes come back', async () => {
    const refused = (await outcomes()).filter(
      ({ because, name }) => because !== undefined && (name === undefined || ORDINARY.includes(name)),
    )
    expect(refused.map(({ because, before }) => `${because}\n${before}`).slice(0, 1)).toEqual([])
  })

  test('a change is read by others as it was meant', async (given) => {
    const written = (await outcomes()).flatMap(({ after, ...rest }) =>
      after === undefined ? [] : [{ after, ...rest }],
    )
    const readable = (key: 'before' | 'after') =>
      written.map((one) => ({ text: one[key], keys: one.material.entries.map((entry) => entry.key) }))
    const read = DOCUMENT_READERS[family.name]
    const [old, now] = [read?.(readable('before')), read?.(readable('after'))]
    if (old === undefined || now === undefined) return given.skip(`nobody here reads ${family.name} but keyturn`)
    written.forEach(({ name, after, before }, index) => {
      const meant = (text: string): string => text.replaceAll(OLD, NEW).replaceAll(OLD_NAME, name ?? OLD_NAME)
      expect(JSON.stringify(said(old[index], (text) => text)), before).toContain(OLD)
      const isOne = JSON.stringify(said(now[index], (text) => text)) === JSON.stringify(said(old[index], meant))
      if (!isOne)
        expect(
          said(now[index], (text) => text),
          `${name}\n${before}\n${after}`,
        ).toEqual(said(old[index], meant))
    })
  })
})
