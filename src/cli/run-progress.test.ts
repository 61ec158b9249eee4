import { expect, it } from 'vitest'
import type { ApplyEvent, RunState, StepState } from '../index.ts'
import { makeOutput } from './output.ts'
import { type RunSize, runProgress } from './run-progress.ts'

/** The lines that are drawn for these events, a second apart. */
function drawn(size: RunSize, events: readonly ApplyEvent[]): readonly string[] {
  const lines: string[] = []
  let second = 0
  const clock = { now: () => new Date(Date.UTC(2026, 10, 29, 0, 0, second)), sleep: () => Promise.resolve() }
  const { onEvent } = runProgress({ progress: (line) => lines.push(line) }, clock, size)
  for (const event of events) {
    second += 1
    onEvent(event)
  }
  return lines
}

function runWith(steps: Readonly<Record<string, StepState>>): RunState {
  const plan = { schema: 'keyturn/plan/1', id: 'p', createdAt: '', sources: [], requests: [], steps: [] } as const
  return {
    run: 'r',
    plan: { ...plan, kept: [], manual: [] },
    startedAt: '',
    lastAt: '',
    outcome: 'open',
    actors: [],
    steps: new Map(Object.entries(steps)),
  }
}

const verified = (step: string): ApplyEvent => ({ kind: 'proved', step, outcome: 'verified', detail: '' })

it('of a run that was killed between a change and its proof, each place counts once', () => {
  const begun = runWith({
    s1: { phase: 'done', proof: { outcome: 'verified', detail: '' } },
    s2: { phase: 'done' },
    s3: { phase: 'announced' },
  })
  const events: readonly ApplyEvent[] = [verified('s2'), { kind: 'changed', step: 's3' }, verified('s3')]
  expect(drawn({ of: 3, begun }, events)).toEqual([
    '[#############.......] 2 of 3 changed, 2 verified, 0 waiting for a person',
    '[#############.......] 3 of 3 changed, 2 verified, 0 waiting for a person',
    '[####################] 3 of 3 changed, 3 verified, 0 waiting for a person',
  ])
})

it('what waits for a person are places that were not proved, that failed, or that the plan leaves to one', () => {
  const begun = runWith({ s1: { phase: 'done', proof: { outcome: 'not verifiable here', detail: '' } } })
  expect(drawn({ of: 2, begun, manual: 3 }, [{ kind: 'failed', step: 's2' }])).toEqual([
    '[##########..........] 1 of 2 changed, 0 verified, 5 waiting for a person',
  ])
})

it('is no longer than a row of the terminal, for a row that breaks is not erased', () => {
  const written: string[] = []
  const stderr = { write: (text: string) => written.push(text), isTTY: true, columns: 30 }
  makeOutput({ stdout: { write: () => true }, stderr }, { json: false, colour: false }).progress('x'.repeat(40))
  expect(written).toEqual([`\r\u001b[2K${'x'.repeat(29)}`])
})
