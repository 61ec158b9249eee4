import { expect, it } from 'vitest'
import { appPassword } from '../../../test/support/synthetic-secrets.ts'
import { Secret } from '../../model/secret.ts'
import { gitConfigDetector } from './detect.ts'

const details = (text: string): readonly string[] =>
  gitConfigDetector
    .detect({
      path: '/home/me/.gitconfig',
      bytes: Buffer.from(text),
      seal: Secret.sealer(new Uint8Array(32)),
      companion: () => undefined,
    })
    .unread.map(({ detail }) => detail)
const url = `https://alice:${appPassword()}@bitbucket.org/`

it.each([
  ['a remote of a branch', `[branch "main"]\n\tremote = ${url}\n`, 'branch.main.remote, line 2'],
  ['a value that is rewritten', `[url "bb:"]\n\tinsteadOf = ${url}\n`, 'url.bb:.insteadof, line 2'],
  ['a section header', `[credential "${url}"]\n`, 'the header of a section [credential], line 1'],
  ['a value below such a header', `[lfs "${url}"]\n\turl = ${url}\n`, 'lfs.https://bitbucket.org/.url, line 2'],
])('%s is named by its setting and line', (_, text, name) => {
  expect(details(text)).toContain(`a secret that keyturn cannot change: ${name}`)
  expect(details(text).join()).not.toContain('ATBB')
})

it('a username alone, and a URL of another host, are no secret', () => {
  expect(details('[branch "a"]\n\tremote = https://alice@bitbucket.org/\n')).toEqual([])
  expect(details('[branch "a"]\n\tremote = https://alice:secret@example.org/\n')).toEqual([])
})
