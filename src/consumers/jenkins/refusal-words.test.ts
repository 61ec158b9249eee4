import { describe, expect, it } from 'vitest'
import { plainWords } from './plain-words.ts'
import { meaningOf } from './refusal-words.ts'

describe('the words of git', () => {
  it.each([
    ['remote: CHANGE-3222 - Functionality has been deprecated', 'no: app password removed'],
    ["fatal: unable to access 'x': The requested URL returned error: 410", 'no: app password removed'],
    ["Failed to connect to repository : fatal: Authentication failed for 'x'", 'no: unauthorized'],
    ['remote: Your credentials lack one or more required privilege scopes. error: 403', 'no: scope missing'],
    ['remote: To access this repository, an admin must whitelist your IP.', 'no: address not allowed'],
    ['remote: To access this repository, enable two-step authentication.', 'no: two-step verification required'],
    ["fatal: repository 'https://bitbucket.org/acme/shop.git/' not found", 'no: no access'],
    ['The requested URL returned error: 429', 'unknown: rate limited'],
    ['The requested URL returned error: 503', 'unknown: unexpected reply'],
    ['fatal: Could not resolve host: bitbucket.org', 'unknown: network'],
    ['something else', 'unknown: unexpected reply'],
  ])('%s: %s', (words, meaning) => {
    const { kind, reason } = meaningOf(words)
    expect(`${kind}: ${reason}`).toBe(meaning)
  })
})

describe('words for people', () => {
  it('are one line without markup, control characters and passwords', () => {
    const html =
      '<div class="error"><img src="x">Command &quot;git&quot;<br>std&nbsp;err:\u001b[31m &#039;https://a:word@b.org/&#039; &lt;b&gt;\u202e</div>'
    expect(plainWords(html)).toBe(`Command "git" std err: [31m 'https://a@b.org/' <b>`)
  })
})
