import { describe, expect, it } from 'vitest'
import { literalHelper } from './literal-helper.ts'

const SECRET = 'the-Secret.1'

describe('a helper that is a snippet', () => {
  it.each([
    `!f() { echo username=alice; echo password=${SECRET}; }; f`,
    `!f() { echo "username=alice"; echo "password=${SECRET}"; }; f`,
    `!f() { echo username='alice'; echo password='${SECRET}'; }; f`,
    `!f() { echo "username="alice; echo "password="${SECRET}; }; f`,
    `!f() { printf 'username=alice\\npassword=${SECRET}\\n'; }; f`,
    `!f() { echo username=alice; printf 'password=%s\\n' ${SECRET}; }; f`,
    `!printf 'username=%s\\npassword=%s\\n' alice "${SECRET}"`,
  ])('is read: %s', (helper) => {
    expect(literalHelper(helper)).toEqual({ username: 'alice', password: SECRET })
  })

  it.each([
    '!f() { echo "password=$(pass show bitbucket)"; }; f',
    '!f() { echo "password="$(pass show bitbucket); }; f',
    '!f() { echo "password=`pass show bitbucket`"; }; f',
    '!f() { echo "password=$TOKEN"; }; f',
    `!f() { printf 'password=%s\\n' "$TOKEN"; }; f`,
    `!f() { printf 'password=%s\\n' $(pass show bitbucket); }; f`,
    "!pass show bitbucket | sed 's/^/password=/'",
    `!pass show bitbucket | awk '{ print "password=" $1 }'`,
    '!f() { echo no_password=yes; }; f',
    `store --file=password=${SECRET}`,
  ])('has to be run: %s', (helper) => {
    expect(literalHelper(helper)).toBeUndefined()
  })

  it('is read in a time that grows with its length', () => {
    const long = `!${'printf "password='.repeat(20_000)}${'password='.repeat(20_000)}`
    expect(literalHelper(long)?.password).not.toBe('')
  })
})
