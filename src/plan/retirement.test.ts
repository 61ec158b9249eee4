import { describe, expect, it } from 'vitest'
import { diagnosed, madePlace, madePlan, REST } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import { ofStepsLeft } from '../model/steps-left.ts'

const HISTORY = {
  kind: 'history',
  repository: '/home/.git',
  oid: '0'.repeat(40),
  versions: 1,
  heldBy: 'ref',
  paths: ['a'],
  pathCount: 1,
  commits: [],
  commitCount: 0,
} as const
const token = (id: string, text = 'old') => madePlace(id, { kind: 'api-token', text })
const replacing = {
  policy: { token: 'alice-token', replace: true },
  diagnoses: new Map(['a', 'b'].map((id) => [id, diagnosed('D100')])),
}

describe('old secrets', () => {
  it('that open something are revoked at the end by their owner', () => {
    expect(madePlan([token('a'), token('b')], replacing).retire).toMatchObject([
      {
        kind: 'api-token',
        owner: 'alice',
        places: ['a', 'b'],
        still: [],
        wayOut: expect.stringContaining('revokes the token'),
      },
    ])
  })

  it.each([
    ['D105', [expect.not.stringContaining('Jira')]],
    [
      'D102',
      [expect.stringMatching(/^It opens nothing of Bitbucket, but may open Jira.* Its owner revokes the token/)],
    ],
    ['D103', [expect.stringContaining('Jira')]],
    ['D104', [expect.stringContaining('Jira')]],
    ['D108', []],
    ['D109', []],
  ] as const)(
    'of which %s is said are revoked as far as they open anything, and where else is told',
    (code, wayOuts) => {
      const diagnoses = new Map([['a', diagnosed(code)]])
      const { retire = [] } = madePlan([token('a')], { ...replacing, diagnoses })
      expect(retire.map(({ wayOut }) => wayOut)).toEqual(wayOuts)
    },
  )

  it('of places that share a username end together', () => {
    const shared = ['a', 'b'].map((id) =>
      madePlace(id, { kind: 'api-token', path: '/home/.env', address: id, span: [0, 5], text: `of ${id}` }),
    )
    expect(madePlan(shared, replacing).retire?.map(({ places, still }) => [places, still])).toEqual([
      [['a'], []],
      [['b'], []],
    ])
  })

  it('are not revoked while a place holds them still', () => {
    const held = { ...token('b'), ownedBy: { name: 'the store "k"', wayOut: 'There.', takesChanges: false } }
    expect(madePlan([token('a'), held], replacing).retire).toMatchObject([{ places: ['a'], still: ['b'] }])
  })

  it('are told apart by controller, since two of them may call a credential the same', () => {
    const on = (id: string): Place => ({
      ...token(id),
      consumer: 'jenkins',
      at: { kind: 'url', url: `https://${id}.example.org` },
      address: 'system/_/bb',
    })
    const held = { ...on('b'), ownedBy: { name: 'the store "k"', wayOut: 'There.', takesChanges: false } }
    expect(madePlan([on('a'), held], replacing).retire).toMatchObject([{ places: ['a'], still: ['b'] }])
  })

  it.each([
    [[undefined, 'alice'], 'alice'],
    [['alice', undefined], 'alice'],
    [[undefined, undefined], undefined],
  ])('are of the owner whom any of their places names: %j', (usernames, owner) => {
    const places = usernames.map((username, index) =>
      madePlace('ab'.charAt(index), { kind: 'api-token', consumer: 'variables', uses: [REST], text: 'old', username }),
    )
    const { retire } = madePlan(places, replacing)
    expect(retire?.map((one) => [one.owner, one.places])).toEqual([[owner, ['a', 'b']]])
  })

  it.each([
    ['an archive', { kind: 'archive', archive: '/a.zip', member: 'b' }],
    ['a history', HISTORY],
  ] as const)('are revoked all the same where %s holds them, which nobody changes', (_, buried) => {
    expect(madePlan([token('a'), { ...token('b'), buried }], replacing).retire).toMatchObject([
      { places: ['a'], still: [] },
    ])
  })

  it('whose steps a person took out of the plan stay in use', () => {
    const plan = madePlan([token('a'), token('b'), token('c', 'other')], {
      ...replacing,
      diagnoses: new Map(['a', 'b', 'c'].map((id) => [id, diagnosed('D100')])),
    })
    const left = (...ids: readonly string[]) => {
      const steps = plan.steps.filter(({ place }) => ids.includes(place.id))
      return ofStepsLeft({ ...plan, steps }).retire?.map(({ places, still }) => [places, still])
    }
    expect(left('a', 'b', 'c')).toEqual([
      [['a', 'b'], []],
      [['c'], []],
    ])
    expect(left('b')).toEqual([[['b'], ['a']]])
    expect(left()).toEqual([])
  })

  it.each([
    ['an app password, which is dead', [madePlace('a')], new Map()],
    ['a token that has ended', [token('a')], new Map([['a', diagnosed('D108')]])],
    ['a token whose username alone changes', [token('a')], new Map([['a', diagnosed('D106')]])],
  ] as const)('need nothing: %s', (_, places, diagnoses) => {
    const plan = madePlan(places, { diagnoses })
    expect([plan.steps.length, plan.retire]).toEqual([1, []])
  })
})
