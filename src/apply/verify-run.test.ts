import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { Connector, PlaceState, Verifier } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { applyPlan } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import type { RunState } from './run-state.ts'
import { type VerifyOptions, verifyRun } from './verify-run.ts'

const PLACES = ['a', 'b', 'c']
let run: MemoryRun
let state: RunState

beforeEach(async () => {
  run = await memoryRun(PLACES)
  const canary = { after: 2, goOn: async () => false }
  state = (await applyPlan(run.plan(PLACES.map((address) => ({ address }))), run.deps, { canary })).state
})
afterEach(() => run.end())

interface Others {
  readonly read?: Connector['read']
  readonly verify?: Verifier['verify']
}

function having({ read, verify }: Others): ApplyDeps {
  const hands: ApplyDeps['hands'] = (consumer) => {
    const { connector, verifier } = run.deps.hands(consumer)
    return {
      ...(connector && { connector: { ...connector, ...(read && { read }) } }),
      ...(verifier && { verifier: { ...verifier, ...(verify && { verify }) } }),
    }
  }
  return { ...run.deps, hands }
}

async function verified(others: Others = {}, options: VerifyOptions = {}): Promise<readonly unknown[]> {
  const places = await verifyRun(state, having(others), options)
  return places.map(({ step, proof }) => `${step.place.address} ${proof.kind}`)
}

const shownAs =
  (more: Partial<Extract<PlaceState, { kind: 'present' }>>): Connector['read'] =>
  async (place) => ({
    kind: 'present',
    place: { ...place, host: 'bitbucket.org', uses: [] },
    digest: run.digestOf('shown otherwise'),
    ...more,
  })

describe('verifying a run', () => {
  it('asks about what it changed, in the order of the plan, and leaves everything as it is', async () => {
    const journal = join(run.folder, 'runs', state.run, 'journal')
    const before = await readFile(journal)
    const told: (readonly number[])[] = []
    const onPlace = (...given: readonly number[]): unknown => told.push(given)
    run.answers.set('b', 'no')
    expect(await verified({}, { onPlace })).toEqual(['a verified', 'b refused'])
    expect(told).toEqual([
      [1, 2],
      [2, 2],
    ])
    expect(await readFile(journal)).toEqual(before)
    expect([...run.world.values()]).toEqual(['new a', 'new b', 'old c'])
  })

  it('leaves out what was not begun when a signal comes', async () => {
    const stop = new AbortController()
    expect(await verified({}, { signal: stop.signal, onPlace: () => stop.abort() })).toEqual(['a verified'])
  })

  it.each([
    ['a defect', new TypeError('a defect')],
    ['what keyturn itself did not expect', new Failure('R900', { because: 'not expected' })],
  ])('ends with %s instead of an answer', async (_, error) => {
    await expect(verified({ verify: () => Promise.reject(error) })).rejects.toBe(error)
    await expect(verified({ read: () => Promise.reject(error) })).rejects.toBe(error)
  })

  it('takes a system that could not be asked for no refusal', async () => {
    const away = new Failure('R401', { because: 'it does not answer' })
    expect(await verified({ verify: () => Promise.reject(away) })).toEqual([
      'a not verifiable here',
      'b not verifiable here',
    ])
  })

  it.each<[string, () => Connector['read'], string]>([
    ['whatever a login may see of it', () => shownAs({ inPart: true }), 'verified'],
    ['as far as the login may see that ran it', () => shownAs({ partDigest: run.digestOf('new a') }), 'verified'],
    ['not when it holds something else', () => shownAs({}), 'not verifiable here'],
    ['not when it is gone', () => async () => ({ kind: 'absent' }), 'not verifiable here'],
    [
      'not when it cannot be read',
      () => () => Promise.reject(new Failure('R401', { because: 'it does not answer' })),
      'not verifiable here',
    ],
  ])('counts a place of a controller %s', async (_, read, kind) => {
    expect((await verified({ read: read() }))[0]).toBe(`a ${kind}`)
  })
})
