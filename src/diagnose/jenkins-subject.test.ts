import { describe, expect, test } from 'vitest'
import { Secret } from '../model/secret.ts'
import { jenkinsSubject } from './jenkins-subject.ts'
import { findingsOf } from './sample-facts.ts'

const seal = Secret.sealer(Buffer.alloc(32))
const GIVEN = seal('given by hand')
const ASKED = { use: 'git-fetch' } as const

describe('whose the token of a job is', () => {
  test('the e-mail that was told', () => {
    const findings = findingsOf({ urlUsername: 'bob@example.com' })
    expect(jenkinsSubject(findings, { ...ASKED, email: 'alice@example.com' }, GIVEN).email).toBe('alice@example.com')
  })

  test('an e-mail that stands in the URL of the job', () => {
    expect(jenkinsSubject(findingsOf({ urlUsername: 'bob@example.com' }), ASKED, GIVEN).email).toBe('bob@example.com')
  })

  test('not told by a username in the URL', () => {
    expect(jenkinsSubject(findingsOf({ urlUsername: 'bob' }), ASKED, GIVEN).email).toBeUndefined()
  })
})
