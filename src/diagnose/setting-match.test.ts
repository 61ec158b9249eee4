import { describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import { settingToName, withoutSecret } from './setting-match.ts'

const secret = appPassword()
const keyOf = (userinfo: string): string => `http.https://${userinfo}@bitbucket.org/.extraheader`

describe('the key of a setting that names a URL', () => {
  it('goes into arguments without what is secret in it', () => {
    expect(withoutSecret(keyOf(`alice:${secret}`))).toBe(keyOf('alice'))
    for (const userinfo of [secret, secret.toLowerCase(), `${secret}:x-oauth-basic`])
      expect(withoutSecret(keyOf(userinfo)).toLowerCase()).not.toContain(secret.toLowerCase())
    expect(withoutSecret(keyOf('alice'))).toBe(keyOf('alice'))
  })

  it('stands in a command to copy only where nothing is secret in it', () => {
    const setting = (key: string) => settingToName({ key, value: '', scope: 'global', file: '/home/.gitconfig' })
    expect(setting(keyOf('alice'))).toEqual({ file: '/home/.gitconfig', key: keyOf('alice') })
    for (const userinfo of [`alice:${secret}`, secret]) expect(setting(keyOf(userinfo))).toBeUndefined()
    expect(settingToName({ key: 'http.extraheader', value: '', scope: 'command' })).toBeUndefined()
  })
})
