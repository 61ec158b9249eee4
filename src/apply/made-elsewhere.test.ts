import { describe, expect, test } from 'vitest'
import type { PlaceState } from '../model/consumer.ts'
import type { Digest } from '../model/plan.ts'
import { settled } from './perform-step.ts'
import type { StepState } from './run-state.ts'
import { isOurs } from './undo-group.ts'

const FOUND: Digest = 'hmac:f0'
const OTHER: Digest = 'hmac:0f'
const conflict = { gaveUp: { code: 'R205', because: 'it is there' } } as const

function present(made?: true): Extract<PlaceState, { kind: 'present' }> {
  const place = {
    id: 'p',
    consumer: 'jenkins',
    at: { kind: 'url', url: 'u' },
    address: 'a',
    host: '',
    uses: [],
  } as const
  return { kind: 'present', place, digest: FOUND, ...(made === undefined ? {} : { made }) }
}

const announced = (more: Partial<StepState>): StepState => ({ phase: 'announced', from: 'absent', ...more })

describe('what stands where a credential was announced to be made', () => {
  test.each([
    ['with our mark, after a crash', announced({ to: 'unpredictable' }), true, 'change', true],
    ['without it, after a crash', announced({ to: 'unpredictable' }), undefined, 'give up', false],
    ['with it, after a conflict', announced({ to: 'unpredictable', ...conflict }), true, 'give up', false],
    ['as announced, where that is known before', announced({ to: FOUND }), undefined, 'did', true],
    ['not as announced, where that is known before', announced({ to: OTHER }), undefined, 'give up', false],
    [
      'a change of ours or of anybody, of one that was there',
      announced({ from: OTHER, to: 'unpredictable' }),
      undefined,
      'change',
      true,
    ],
  ] as const)('%s', (_, state, made, next, ours) => {
    expect(settled(state, present(made)).kind).toBe(next)
    expect(isOurs(present(made), state)).toBe(ours)
  })

  test('that somebody changed after it was made is not ours any more, though it bears the mark', () => {
    const undoing: StepState = {
      ...announced({ to: 'unpredictable', now: OTHER, undo: { from: OTHER, to: 'absent' } }),
      phase: 'undo announced',
    }
    expect(isOurs(present(true), undoing)).toBe(false)
    expect(isOurs({ digest: OTHER }, undoing)).toBe(true)
  })
})
