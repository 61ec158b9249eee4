import { describe, expect, it } from 'vitest'
import type { Place } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import { type ToldUse, withToldUses } from './told-uses.ts'

const web = { workspace: 'acme', slug: 'web' }
const seen: Use = { operation: 'git-fetch', repository: web, by: 'remote origin of web' }
const guess: Use = { operation: 'git-fetch', by: 'BB_TOKEN' }

const place = (more: Partial<Place>): Place => ({
  id: 'p1',
  consumer: 'variables',
  at: { kind: 'file', path: '/srv/.env' },
  address: 'BB_TOKEN',
  line: 1,
  host: 'bitbucket.org',
  confidence: { level: 'likely', reason: 'the name of the variable' },
  uses: [guess],
  ...more,
})

const told = (one: Place, ...uses: readonly ToldUse[]): Place =>
  withToldUses([one], new Map([[one.id, uses]]))[0] ?? one

describe('what a person says that a place is used for', () => {
  it('takes the place of a guess, and nothing is unknown any more', () => {
    const { uses, unresolved } = told(place({ unresolved: 'only its name says' }), { operation: 'rest' })
    expect({ uses, unresolved }).toEqual({ uses: [{ operation: 'rest', by: '--use' }], unresolved: undefined })
  })

  it('comes to what was seen', () => {
    const { uses } = told(place({ uses: [seen] }), { operation: 'rest', resource: 'pull request', access: 'write' })
    expect(uses).toEqual([
      seen,
      { operation: 'rest', resource: 'pull request', access: 'write', repository: web, by: '--use' },
    ])
  })

  it('is proved on the repository that is known of the place', () => {
    const { uses } = told(place({ uses: [seen], unresolved: 'only its name says' }), { operation: 'git-push' })
    expect(uses).toEqual([{ operation: 'git-push', repository: web, by: '--use' }])
  })

  it('may be several things', () => {
    const { uses } = told(
      place({ unresolved: 'only its name says' }),
      { operation: 'git-fetch' },
      { operation: 'rest' },
    )
    expect(uses.map(({ operation }) => operation)).toEqual(['git-fetch', 'rest'])
  })

  it('is REST and git at once for Branch Source', () => {
    const { uses } = told(place({ unresolved: 'no job was seen' }), { operation: 'branch source' })
    expect(uses).toEqual([
      { operation: 'rest', by: '--use (Branch Source)' },
      { operation: 'git-fetch', by: '--use (Branch Source)' },
    ])
  })

  it('leaves all other places as they are', () => {
    const one = place({})
    expect(withToldUses([one], new Map([['p2', [{ operation: 'rest' }]]]))).toEqual([one])
  })
})
