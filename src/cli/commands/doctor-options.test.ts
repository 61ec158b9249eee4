import { describe, expect, it } from 'vitest'
import { Failure } from '../../model/failure.ts'
import { checkOptions, type DoctorOptions, holdsSecret } from './doctor-options.ts'

const URL = 'https://bitbucket.org/acme/app.git'
const REST = 'https://api.bitbucket.org/2.0/user'
const KNOWN = { email: 'alice@acme.example', atlassianSite: 'https://acme.atlassian.net', operation: 'push' }

/** What is refused, and why; nothing for options that go together. */
function refused(options: DoctorOptions, url?: string): string | undefined {
  try {
    checkOptions(url, options)
    return undefined
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(error).toMatchObject({ code: 'R112', parts: { exitCode: 2, state: 'Nothing was asked.' } })
    return `${error.parts.at}: ${error.parts.because}`
  }
}

describe('options that go together', () => {
  it.each<[string, DoctorOptions, string?]>([
    ['git in a folder and a home', { ...KNOWN, folder: '/', asHome: '/', report: 'r.md', anonymous: true }, URL],
    ['a secret by hand', { ...KNOWN, username: 'alice', secretStdin: true }, URL],
    ['a secret by hand without a URL', { username: 'alice', secretStdin: true }],
    ['REST with Bearer', { bearer: true, secretStdin: true, email: KNOWN.email }, REST],
    ['REST with the netrc of a home', { asHome: '/' }, REST],
    ['a job, its agent and its secret', { ...KNOWN, jenkins: ['u'], job: 'a', asHome: '/', secretStdin: true }],
    ['a credential, and who asks', { jenkins: ['u'], credential: 'bb', jenkinsUser: ['me'], jenkinsTokenFile: ['t'] }],
    ['a place of a scan', { ...KNOWN, place: 'p3fa81c07de', in: ['~'], json: true }],
    ['a log', { log: '-', report: 'r.md', anonymous: true }],
    ['an explanation', { explain: 'D101', json: true, home: '/' }],
  ])('%s', (_, options, url) => {
    expect(refused(options, url)).toBeUndefined()
  })
})

describe('what would be ignored is refused', () => {
  const ALONE = 'a log is read by itself, without any network'
  it.each<[DoctorOptions, string | undefined, string]>([
    [{ log: 'l', jenkins: ['u'], job: 'a' }, undefined, `--jenkins: ${ALONE}`],
    [{ log: 'l', job: 'a' }, undefined, `--job: ${ALONE}`],
    [{ log: 'l', credential: 'bb' }, undefined, `--credential: ${ALONE}`],
    [{ log: 'l', operation: 'push' }, undefined, `--operation: ${ALONE}`],
    [{ log: 'l' }, URL, `the URL: ${ALONE}`],
    [{ anonymous: true }, URL, '--anonymous: it belongs to --report'],
    [{ log: 'l', anonymous: true }, undefined, '--anonymous: it belongs to --report'],
    [{ job: 'a' }, URL, '--job: it belongs to --jenkins'],
    [{ jenkinsTokenFile: ['t'] }, URL, '--jenkins-token-file: it belongs to --jenkins'],
    [{ in: ['~'] }, URL, '--in: it belongs to --place'],
    [
      { jenkins: ['u'], job: 'a', username: 'x' },
      undefined,
      '--username: the controller tells the URL and the username',
    ],
    [{ place: 'p', in: ['~'] }, URL, 'the URL: the place tells the URL and the credential'],
    [{ username: 'a', folder: '/' }, URL, '--folder: the secret is given here, so that none is looked for'],
    [{ folder: '/' }, REST, '--folder: for REST the credential is looked for in the home directory alone'],
    [{ explain: 'D101' }, URL, 'the URL: an explanation is printed, and nobody is asked'],
  ])('%j', (options, url, words) => {
    expect(refused(options, url)).toBe(words)
  })
})

describe('what has the wrong form is refused before anything is asked, and not repeated', () => {
  it.each(['notmail', '@acme.example', 'alice@', 'a b@acme.example'])('as e-mail address: %s', (email) => {
    expect(refused({ email }, URL)).toBe('--email: it is not an e-mail address: NAME@HOST')
  })

  it.each(['https://example.org', 'http://acme.atlassian.net', 'https://a@acme.atlassian.net'])(
    'as site: %s',
    (atlassianSite) => {
      expect(refused({ atlassianSite }, URL)).toBe(
        '--atlassian-site: a site of Atlassian Cloud has the form https://NAME.atlassian.net; the token is sent nowhere else',
      )
    },
  )
})

it('a URL holds a secret where there is one between its username and its host', () => {
  const held = ['https://alice:x@bitbucket.org/acme/app.git', 'https://:x@bitbucket.org/a/b']
  const none = [URL, 'https://alice@bitbucket.org/acme/app.git', 'git@bitbucket.org:acme/app.git', 'origin', undefined]
  expect([...held, ...none].filter((url) => holdsSecret(url))).toEqual(held)
})
