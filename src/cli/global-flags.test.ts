import { describe, expect, it } from 'vitest'
import { completing, completingAs } from './global-flags.ts'

describe('a command that is printed', () => {
  const complete = completing({ home: '/srv/keyturn of ci' })
  it.each([
    ['    keyturn rollback r1', "    keyturn --home '/srv/keyturn of ci' rollback r1"],
    ['  keyturn apply r1 --resume', "  keyturn --home '/srv/keyturn of ci' apply r1 --resume"],
    ['  pass show x | keyturn token add ci', "  pass show x | keyturn --home '/srv/keyturn of ci' token add ci"],
    ['  keyturn --home FOLDER ...', '  keyturn --home FOLDER ...'],
    ['keyturn finds it here', 'keyturn finds it here'],
    ['         keyturn changes nothing', '         keyturn changes nothing'],
    ['    keyturn sandbox exec -- git ls-remote', '    keyturn sandbox exec -- git ls-remote'],
  ])('meets the same keys and runs as the one that prints it: %s', (line, expected) => {
    expect(complete(line)).toBe(expected)
  })

  it('is as it was where no flag was given', () => {
    expect(completing({})('    keyturn show')).toBe('    keyturn show')
  })
})

describe('a command for controllers that is printed', () => {
  const ONE = 'https://ci.example.org'
  const TWO = 'https://ci.example.org/two'
  const each = { jenkins: [`${ONE}/`, TWO], jenkinsUser: ['ann', 'bo b'], jenkinsTokenFile: ['one', 'two'] }
  it.each([
    ['of one', { jenkins: [ONE], jenkinsTokenFile: ['one'] }, ` --jenkins ${ONE}`, [ONE, '--jenkins-token-file one']],
    ['of the second', each, ` --jenkins ${TWO}`, [TWO, "--jenkins-user 'bo b' --jenkins-token-file two"]],
    ['for all', { jenkins: [ONE, TWO], jenkinsUser: ['ann'] }, ` --jenkins ${TWO}`, [TWO, '--jenkins-user ann']],
    ['of none', { jenkins: [ONE] }, ` --jenkins ${ONE}`, [ONE]],
    ['of another', { jenkins: [ONE], jenkinsUser: ['ann'] }, ` --jenkins ${TWO}`, [TWO]],
  ])('repeats the logins that were given, %s', (_, given, flags, words) => {
    expect(completing(given)(`    keyturn verify r1${flags}`)).toBe(
      `    keyturn verify r1 --jenkins ${words.join(' ')}`,
    )
  })

  it('names the files with passwords that were given', () => {
    const complete = completingAs(['plan', '--vault-password-file', 'a $b', '--vault-password-file=c'])
    expect(complete('  keyturn apply p --vault-password-file FILE')).toBe(
      "  keyturn apply p --vault-password-file 'a $b' --vault-password-file c",
    )
  })
})

describe('flags among the words of a command', () => {
  it.each<readonly [readonly string[], string]>([
    [['apply', 'p.json', '--home', 'k'], ' --home k'],
    [['--home=k', '--ca=c.pem', 'show'], ' --home k --ca c.pem'],
    [['show', '--home'], ''],
    [['sandbox', 'exec', '--', 'x', '--home', 'k'], ''],
    [['show'], ''],
  ])('are found as commander finds them: %j', (words, expected) => {
    expect(completingAs(words)('  keyturn show')).toBe(`  keyturn${expected} show`)
  })
})
