import { describe, expect, test } from 'vitest'
import { namesBitbucketIn } from './name-words.ts'

describe('a name that says Bitbucket', () => {
  test.each([
    ['BITBUCKET_TOKEN', '', true],
    ['bitbucketToken', '', true],
    ['BB_TOKEN', '', true],
    // A scan does not open a file for these alone.
    ['Bb_TOKEN', 'git push https://example.org/x.git', false],
    ['bbToken', '', false],
    ['bb_token', 'git push https://BitBucket.org/acme/web.git', true],
    ['bb.token', 'export TOKEN=ATBB', true],
    ['bb.token', 'export TOKEN=atbb', false],
    ['TOKEN', 'bitbucket.org', false],
  ])('%s in %j: %s', (name, document, says) => {
    expect(namesBitbucketIn(name, document)).toBe(says)
  })
})
