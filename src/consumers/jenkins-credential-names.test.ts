import { describe, expect, it } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { Secret } from '../model/secret.ts'
import { fieldsOf } from './document-fields.ts'
import { isOfBitbucket, type JenkinsSecretKind } from './jenkins-credential-names.ts'

const { NEW, OLD, SHORT } = fixtureValues()
const seal = Secret.sealer(Buffer.alloc(32, 1))

function isOne(words: readonly string[], secret: string, text: string, kind: JenkinsSecretKind = 'login'): boolean {
  const path = 'jenkins.yaml'
  return isOfBitbucket(words, secret, kind, fieldsOf(documentOf(new Map([[path, Buffer.from(text)]]), path)), seal)
}

describe('a credential of Jenkins is for Bitbucket', () => {
  it('when its id says so, whatever stands around it', () => {
    expect(isOne(['bitbucket-ci'], 'anything', 'x: 1')).toBe(true)
    expect(isOne(['bitbucket-oauth'], 'anything', 'x: 1')).toBe(false)
  })

  it('when its id speaks of hooks or of deployments, and it is a login, or a token that nobody else issues', () => {
    const words = ['deploy', 'manages webhooks', 'bitbucket.org']
    expect(isOne(words, 'anything', 'x: 1', 'login')).toBe(true)
    expect(isOne(words, 'anything', 'x: 1', 'text')).toBe(false)
    expect(isOne(words, OLD, 'x: 1', 'text')).toBe(true)
    expect(isOne(['bitbucket-jira'], NEW, 'x: 1', 'login')).toBe(false)
  })

  it('when its id says BB, and a token or the document says the rest', () => {
    expect(isOne(['bb-token'], NEW, 'x: 1')).toBe(true)
    expect(isOne(['bb-token'], SHORT, 'url: https://bitbucket.org/acme/app')).toBe(true)
  })

  // The prefilter does not open such a file, and BB is short for other things as well.
  it('and not when BB and 20 letters and digits are all there is', () => {
    expect(isOne(['bb-token'], SHORT, 'x: 1')).toBe(false)
  })
})
