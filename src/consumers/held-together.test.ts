import { describe, expect, it } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { type MemoryFiles, memoryFiles } from '../../test/support/memory-files.ts'
import type { Connector, Detector, StagedTogether } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import { consumers } from './registry.ts'

const { OLD, NEW } = fixtureValues()
const PLACES = 6

interface Case {
  readonly consumer: string
  readonly name: string
  readonly line: (index: number) => string
}

/** A connector of one format, and the connector of fields of any format. */
const CASES: readonly Case[] = [
  {
    consumer: 'netrc',
    name: '.netrc',
    line: (index) => `machine ${index === 0 ? '' : 'api.'}bitbucket.org login u${index} password ${OLD}`,
  },
  {
    consumer: 'git-credentials',
    name: '.git-credentials',
    line: (index) => `https://u${index}:${OLD}@bitbucket.org/w/r${index}`,
  },
  {
    consumer: 'url-userinfo',
    name: 'notes.txt',
    line: (index) => `see https://u${index}:${OLD}@bitbucket.org/w/r${index}.git`,
  },
]

interface Bench {
  readonly files: MemoryFiles
  readonly connector: Connector
  readonly refs: readonly PlaceRef[]
  readonly text: () => string
  readonly put: (text: string) => void
  /** How often the file was written. */
  readonly writes: () => number
}

function bench({ consumer, name, line }: Case): Bench {
  const path = `/somewhere/${name}`
  const text = `${Array.from({ length: PLACES }, (_, index) => line(index)).join('\n')}\n`
  const memory = memoryFiles(new Map([[path, Buffer.from(text)]]))
  let writes = 0
  const { system } = memory.context
  const replace: typeof system.files.replace = (...given) => {
    writes += 1
    return system.files.replace(...given)
  }
  const context = { ...memory.context, system: { ...system, files: { ...system.files, replace } } }
  const found = consumers.find(({ id }) => id === consumer)
  const [connector, detector] = [found?.connector, found?.detector]
  if (connector === undefined || detector === undefined) throw new Error(`${consumer} changes no files`)
  return {
    files: { ...memory, context },
    connector,
    refs: refsOf(detector, path, memory),
    text: () => memory.bytes(path).toString('utf8'),
    put: (next) => memory.write(path, Buffer.from(next)),
    writes: () => writes,
  }
}

function refsOf(detector: Detector, path: string, { bytes, context }: MemoryFiles): readonly PlaceRef[] {
  const { places } = detector.detect({ path, bytes: bytes(path), seal: context.seal, companion: () => undefined })
  return places.map(({ id, consumer, at, address }) => ({ id, consumer, at, address }))
}

async function digestsOf({ connector, refs, files }: Bench): Promise<readonly Digest[]> {
  const states = await Promise.all(refs.map((ref) => connector.read(ref, files.context)))
  return states.map((state) => (state.kind === 'present' ? state.digest : 'hmac:'))
}

const changeOf = ({ files }: Bench): CredentialChange => ({
  username: { set: 'robot' },
  secret: { set: files.context.seal(NEW) },
})

async function stageAll(one: Bench): Promise<StagedTogether> {
  const expected = await digestsOf(one)
  const asked = one.refs.map((place, index) => ({
    place,
    expected: expected[index] ?? 'hmac:',
    next: changeOf(one),
  })) as Parameters<NonNullable<Connector['stageMany']>>[0]
  const staged = await one.connector.stageMany?.(asked, one.files.context)
  if (staged === undefined) throw new Error('it stages one place at a time')
  return staged
}

describe.each(CASES)('places of one file of $consumer', (given) => {
  it('change in one write, to the bytes that one change after the other gives', async () => {
    const [together, single] = [bench(given), bench(given)]
    expect(together.refs).toHaveLength(PLACES)
    const staged = await stageAll(together)
    expect([together.text() === single.text(), await staged.commit(), together.writes()]).toEqual([true, 'changed', 1])
    for (const ref of single.refs) {
      const before = await single.connector.read(ref, single.files.context)
      if (before.kind === 'absent') throw new Error(`${ref.address} is absent`)
      const one = await single.connector.stageReplace(ref, before.digest, changeOf(single), single.files.context)
      expect(one.kind === 'staged' && (await one.commit()).kind).toBe('changed')
    }
    expect(together.text()).toBe(single.text())
    expect(together.text()).not.toContain(OLD)
  })

  it('hold what was announced, and one write brings the old bytes back', async () => {
    const one = bench(given)
    const original = one.text()
    const staged = await stageAll(one)
    await staged.commit()
    expect(await digestsOf(one)).toEqual(staged.each.map((ready) => ready?.to))
    const asked = one.refs.map((place, index) => ({
      place,
      expected: staged.each[index]?.to ?? ('hmac:' as const),
      backup: staged.each[index]?.backup ?? new Uint8Array(),
    }))
    const back = await one.connector.stageRestoreMany?.(asked, one.files.context)
    expect([await back?.commit(), one.text(), one.writes()]).toEqual(['changed', original, 2])
  })

  it('leave out one that someone else changed', async () => {
    const one = bench(given)
    const before = await digestsOf(one)
    // The username alone: a secret is made by chance, and may have these letters in it.
    one.put(one.text().replace(/(?<=[ /])u3(?=[ :])/, 'theirs'))
    const asked = one.refs.map((place, index) => ({
      place,
      expected: before[index] ?? ('hmac:' as const),
      next: changeOf(one),
    }))
    const staged = await one.connector.stageMany?.(asked, one.files.context)
    const left = staged?.each.filter((ready) => ready === undefined).length
    expect([left, await staged?.commit()]).toEqual([1, 'changed'])
    expect(one.text()).toContain('theirs')
    expect(one.text().split(OLD)).toHaveLength(2)
  })

  it('keep what was written elsewhere in the file since they were staged', async () => {
    const one = bench(given)
    const staged = await stageAll(one)
    one.put(`# mine\n${one.text()}`)
    expect(await staged.commit()).toBe('changed')
    expect([one.text().startsWith('# mine\n'), one.text().includes(OLD)]).toEqual([true, false])
  })

  it('are all left as they are when one of them was changed since', async () => {
    const one = bench(given)
    const staged = await stageAll(one)
    const theirs = one.text().replace(/(?<=[ /])u3(?=[ :])/, 'theirs')
    one.put(theirs)
    expect([await staged.commit(), one.text(), one.writes()]).toEqual(['conflict', theirs, 0])
  })
})
