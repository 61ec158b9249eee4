import { describe, expect, it } from 'vitest'
import { diagnosed, FETCH, madePin, madePlace, madePlan } from '../../test/support/made-plan.ts'

describe('a plan for some places of all that were read', () => {
  const other = 'folder/team/_/bitbucket'
  const two = [
    madePlace('a', { kind: 'api-token', text: 'one' }),
    madePlace('b', { kind: 'api-token', text: 'one', address: other }),
  ]
  const only = new Set(['a'])

  it('changes these, and names who else holds the secret that is revoked at the end', () => {
    const policy = { token: 'alice-token', replace: true, only }
    const diagnoses = new Map([['a', diagnosed('D100')]])
    const made = madePlan(two, { policy, diagnoses })
    expect(made.steps.map(({ place: { id } }) => id)).toEqual(['a'])
    expect(made.retire).toMatchObject([{ places: ['a'], still: ['b'] }])
    expect([...made.kept, ...made.manual]).toEqual([])
  })

  it('takes the username out of every URL that the changed credential answers, whosever it is', () => {
    const pins = [madePin('answered'), madePin('elsewhere', 'alice', [{ ...FETCH, by: 'remote mirror' }])]
    const made = madePlan([madePlace('a'), ...pins], { policy: { only } })
    expect(made.steps.map(({ place: { id } }) => id).sort()).toEqual(['a', 'answered'])
    expect(made.kept).toEqual([])
  })
})
