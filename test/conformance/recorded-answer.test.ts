import { describe, expect, it } from 'vitest'
import { recordAnswer } from './recorded-answer.ts'

const canary = 'quokka-canary'

describe('what is recorded of an answer', () => {
  it('drops headers, keys and words that are on no list', () => {
    const body = {
      type: 'error',
      error: {
        message: `Your credentials lack a scope, ${canary}@example.com of ${canary}`,
        detail: { required: ['read:user:bitbucket', canary.toUpperCase()], granted: [], [canary]: canary },
        [canary]: canary,
      },
      [canary]: canary,
    }
    const recorded = recordAnswer({
      status: 403,
      headers: {
        'content-type': `application/json; charset=${canary}`,
        'x-oauth-scopes': `repository, ${canary}=, read:user:bitbucket`,
        'x-credential-type': `${canary} api_token`,
        'x-token-id': canary,
        'x-secret': canary,
        'set-cookie': canary,
        location: `https://${canary}.example.com/${canary}`,
        'www-authenticate': `Basic realm="Bitbucket", charset="${canary}"`,
      },
      body: JSON.stringify(body),
    })
    expect(recorded).toEqual({
      status: 403,
      headers: {
        'content-type': 'application/json',
        'x-oauth-scopes': 'read:user:bitbucket, repository',
        'x-credential-type': 'another word',
        'x-token-id': 'present',
        location: 'another host',
        'www-authenticate': 'Basic realm="Bitbucket"',
      },
      body: {
        kind: 'json',
        type: 'error',
        keys: ['error.detail.granted', 'error.detail.required', 'error.message', 'type'],
        otherKeys: 3,
        message: 'Your credentials lack a scope, □ of □',
        required: ['read:user:bitbucket'],
        granted: [],
      },
    })
  })

  it.each([
    ['page of HTML', 'text/html', `<p>${canary}</p>`],
    ['something else', 'application/octet-stream', canary],
    ['something else', 'application/json', `{ "${canary}": `],
  ])('tells only that there was %s for %s', (kind, type, body) => {
    const recorded = recordAnswer({ status: 200, headers: { 'content-type': type }, body })
    expect(recorded.body).toEqual({ kind })
  })

  it('keeps an unknown sentence readable as far as its words are known', () => {
    const headers = { 'content-type': 'text/plain' }
    const body = `The workspace ${canary} requires two-step verification. See https://support.atlassian.com/bitbucket-cloud/docs/x and https://${canary}.example.com`
    expect(recordAnswer({ status: 403, headers, body }).body).toEqual({
      kind: 'text',
      text: 'The workspace □ requires two-step verification. □ https://support.atlassian.com/bitbucket-cloud/docs/x and □',
    })
  })
})
