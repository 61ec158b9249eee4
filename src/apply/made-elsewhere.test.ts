import { describe, expect, test } from 'vitest'
import type { PlaceState } from '../model/consumer.ts'
import type { Digest, Step } from '../model/plan.ts'
import { settled } from './perform-step.ts'
import type { StepState } from './run-state.ts'
import { givesBack, isOriginal, isOurs } from './undo-group.ts'

const FOUND: Digest = 'hmac:f0'
const OTHER: Digest = 'hmac:0f'
const conflict = { isTheirs: true } as const

const at = { kind: 'url', url: 'u' } as const
const ref = { id: 'p', consumer: 'jenkins', at, address: 'a' }

/** From alice to bob. */
const step: Step = {
  id: 's1',
  place: ref,
  from: { digest: OTHER, username: 'alice' },
  to: { username: { set: 'bob' }, token: 'ci' },
  uses: [],
  reason: '',
}

function present(made?: true, username?: string): Extract<PlaceState, { kind: 'present' }> {
  const shown = username === undefined ? {} : { username: { text: username, encoding: 'opaque' } as const }
  const place = { ...ref, host: '', uses: [], ...shown }
  return { kind: 'present', place, digest: FOUND, ...(made === undefined ? {} : { made }) }
}

const announced = (more: Partial<StepState>): StepState => ({ phase: 'announced', from: 'absent', ...more })

describe('what stands where a credential was announced to be made', () => {
  test.each([
    ['with our mark, after a crash', announced({ to: 'unpredictable' }), true, 'change', true],
    ['with it, and other bytes than were announced', announced({ to: OTHER }), true, 'give up', false],
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
    expect(settled(step, state, present(made)).kind).toBe(next)
    expect(isOurs(step, present(made), state)).toBe(ours)
  })

  test.each([
    ['is made again', announced({ to: 'unpredictable' }), { kind: 'change', expected: 'absent' }],
    [
      'is given up, where one was there before,',
      announced({ from: OTHER, to: FOUND }),
      { kind: 'give up', because: 'the place is not there any more' },
    ],
  ] as const)('%s when nothing stands there', (_, state, next) => {
    expect(settled(step, state, { kind: 'absent' })).toEqual(next)
  })

  test('that somebody changed after it was made is not ours any more, though it bears the mark', () => {
    const undoing: StepState = {
      ...announced({ to: 'unpredictable', now: OTHER, undo: { from: OTHER, to: 'absent' } }),
      phase: 'undo announced',
    }
    expect(isOurs(step, present(true), undoing)).toBe(false)
    expect(isOurs(step, { ...present(), digest: OTHER }, undoing)).toBe(true)
  })
})

describe('what stands where a change was announced that cannot be told by its bytes', () => {
  const changing: StepState = { phase: 'announced', from: OTHER, to: 'unpredictable' }
  const goingBack: StepState = { ...changing, phase: 'undo announced', undo: { from: 'hmac:aa', to: 'unpredictable' } }

  test.each([
    ['under the planned username', changing, 'bob', FOUND, true],
    ['under the old username', changing, 'alice', OTHER, false],
    ['under another one', changing, 'carol', OTHER, false],
    ['under the planned one, after a conflict', { ...changing, ...conflict }, 'bob', OTHER, false],
    ['under a username that is not shown', changing, undefined, FOUND, true],
  ] as const)('%s is written over only when it may be ours', (_, state, username, expected, ours) => {
    expect(settled(step, state, present(undefined, username))).toEqual({ kind: 'change', expected })
    expect(isOurs(step, present(undefined, username), state)).toBe(ours)
  })

  test.each([
    ['bob', true],
    ['alice', true],
    ['carol', false],
  ])('while it is put back, under %s', (username, ours) => {
    expect(isOurs(step, present(undefined, username), goingBack)).toBe(ours)
  })

  test.each<[string, Partial<StepState>, boolean]>([
    [
      'of which only what the change left was known',
      { undo: { from: 'hmac:aa', to: 'unpredictable' }, to: 'hmac:aa' },
      true,
    ],
    ['of which only the old bytes were known', { undo: { from: 'hmac:aa', to: OTHER } }, true],
    ['of which both were known', { undo: { from: 'hmac:aa', to: OTHER }, to: 'hmac:aa' }, false],
    ['that has ended', { phase: 'done', now: 'hmac:aa' }, false],
  ])(
    'is ours under a username of ours while an act runs that nobody can tell by its bytes: one %s',
    (_, more, ours) => {
      expect(isOurs(step, present(undefined, 'bob'), { ...goingBack, ...more })).toBe(ours)
    },
  )

  test('is told by question marks too, for that is how some systems show what is not ASCII', () => {
    const named: Step = { ...step, to: { username: { set: 'b\u014db' }, token: 'ci' } }
    expect(isOurs(named, present(undefined, 'b?b'), changing)).toBe(true)
  })
})

describe('what stands where a change was announced that is told by its bytes', () => {
  const changing: StepState = { phase: 'announced', from: OTHER, to: 'hmac:aa' }

  test('is not ours when it holds others, whatever its username is', () => {
    expect(settled(step, changing, present(undefined, 'bob')).kind).toBe('give up')
    expect(isOurs(step, present(undefined, 'bob'), changing)).toBe(false)
  })

  test.each<[string, StepState]>([
    [
      'what the change left, where that was not known before',
      { phase: 'done', from: OTHER, to: 'unpredictable', now: FOUND },
    ],
    [
      'what was about to be put back',
      { phase: 'undo announced', from: OTHER, to: 'unpredictable', undo: { from: FOUND, to: OTHER } },
    ],
  ])('is ours as %s', (_, state) => {
    expect(isOurs(step, present(undefined, 'carol'), state)).toBe(true)
  })
})

describe('the old bytes of a place', () => {
  test('are there when it holds what the run found, or what putting it back was to leave', () => {
    const state: StepState = { phase: 'undo announced', from: OTHER, undo: { from: 'hmac:aa', to: FOUND } }
    expect([FOUND, OTHER, 'hmac:aa' as const].map((digest) => isOriginal(digest, state))).toEqual([true, true, false])
  })

  const inFile: Step = { ...step, place: { ...ref, at: { kind: 'file', path: '/x' } } }
  test.each([
    ['what a file held', inFile, OTHER, true],
    ['other bytes than a file held', inFile, FOUND, false],
    ['what nobody can tell before, for it is encrypted', inFile, 'unpredictable', true],
    ['what a controller shows otherwise by now', step, FOUND, true],
  ] as const)('are what a backup gives back: %s', (_, of, to, gives) => {
    expect(givesBack(of, to, { phase: 'done', from: OTHER, now: 'hmac:aa' })).toBe(gives)
  })
})
