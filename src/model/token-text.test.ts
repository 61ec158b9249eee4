import { describe, expect, it } from 'vitest'
import { accessToken, apiToken, appPassword } from '../../test/support/synthetic-secrets.ts'
import { tokenTextsIn, withoutTokens } from './token-text.ts'

const found = (text: string): readonly string[] => tokenTextsIn(Buffer.from(text)).map((token) => token.text)
const [app, api, access] = [appPassword(), apiToken(), accessToken()]

describe('tokenTextsIn', () => {
  it.each([
    ['an app password in a shell function', `!f() { echo password=${app}; }; f`, [app]],
    ['an API token in quotes', `token = "${api}"`, [api]],
    ['a token in a URL, its sign of equality escaped', `https://x:${access.replace('=', '%3D')}@host/`, [access]],
    ['letters behind the token', `${app}xyz`, [app]],
    ['two of them', `${app} ${api}`, [app, api]],
    ['the pair of a Basic header', `Basic ${Buffer.from(`alice:${app}`).toString('base64')}`, [app]],
    ['a token that is cut short', app.slice(0, -1), []],
    ['a token with another letter', app.replace('test', 'tesT'), []],
    ['a word that starts in the same way', `ATBB${'x'.repeat(40)}`, []],
  ])('reads %s', (_, text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  it('says where the bytes stand, whatever stands before them', () => {
    const bytes = Buffer.from(`Zoë ${app}\n`)
    expect(tokenTextsIn(bytes).map(({ span }) => bytes.subarray(...span).toString())).toEqual([app])
  })
})

describe('withoutTokens', () => {
  it('leaves nothing of a token, not even of one that is cut short', () => {
    expect(withoutTokens(`rewritten bb:${app} and ${app.slice(0, -1)}.`)).toBe('rewritten bb:(token) and (token).')
  })
})
