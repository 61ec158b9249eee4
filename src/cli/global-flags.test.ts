import { describe, expect, it } from 'vitest'
import { globalFlags, globalFlagsIn, withGlobalFlags } from './global-flags.ts'

describe('a command that is printed', () => {
  const flags = globalFlags({ home: '/srv/keyturn of ci' })
  it.each([
    ['    keyturn rollback r1', "    keyturn --home '/srv/keyturn of ci' rollback r1"],
    ['  keyturn apply r1 --resume', "  keyturn --home '/srv/keyturn of ci' apply r1 --resume"],
    ['  pass show x | keyturn token add ci', "  pass show x | keyturn --home '/srv/keyturn of ci' token add ci"],
    ['  keyturn --home FOLDER ...', '  keyturn --home FOLDER ...'],
    ['keyturn finds it here', 'keyturn finds it here'],
    ['         keyturn changes nothing', '         keyturn changes nothing'],
    ['    keyturn sandbox exec -- git ls-remote', '    keyturn sandbox exec -- git ls-remote'],
  ])('meets the same keys and runs as the one that prints it: %s', (line, expected) => {
    expect(withGlobalFlags(line, flags)).toBe(expected)
  })

  it('is as it was where no flag was given', () => {
    expect(withGlobalFlags('    keyturn show', globalFlags({}))).toBe('    keyturn show')
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
    expect(globalFlagsIn(words)).toBe(expected)
  })
})
