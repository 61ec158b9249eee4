import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Secret } from '../model/secret.ts'
import { shapeOf } from './token-shape.ts'

const seal = Secret.sealer(new Uint8Array(32))
const withChecksum = (body: string): string => `${body}${crc32(body).toString(16).toUpperCase().padStart(8, '0')}`
const apiToken = withChecksum(`ATATT3xFfGF0${'x'.repeat(171)}=`)
const appPassword = withChecksum(`ATBB${'y'.repeat(24)}`)

describe('shapeOf', () => {
  it.each([
    ['an API token', apiToken, { kind: 'api-token', checksum: 'fits', length: 192 }],
    [
      'an access token',
      withChecksum(`ATCTT3xFfGN0${'x'.repeat(171)}=`),
      { kind: 'access-token', checksum: 'fits', length: 192 },
    ],
    ['an app password', appPassword, { kind: 'app-password', checksum: 'fits', length: 36 }],
    [
      'an app password from before the prefix',
      'a1B2'.repeat(5),
      { kind: 'app-password', checksum: 'none', length: 20 },
    ],
    [
      'an API token without its last character',
      apiToken.slice(0, -1),
      { kind: 'api-token', checksum: 'does not fit', length: 191 },
    ],
    [
      'an API token with one letter changed',
      apiToken.replace('xx', 'xz'),
      { kind: 'api-token', checksum: 'does not fit', length: 192 },
    ],
    ['anything else', 'correct horse', { kind: 'unknown', checksum: 'none', length: 13 }],
  ] as const)('recognises %s', (_, text, expected) => {
    expect(shapeOf(seal(text))).toEqual({ ...expected, blankEdges: false, percentEncoded: false })
  })

  it('sees blanks at the edges and still knows the token', () => {
    expect(shapeOf(seal(`${apiToken} `))).toEqual({
      kind: 'api-token',
      checksum: 'fits',
      length: 193,
      blankEdges: true,
      percentEncoded: false,
    })
  })

  it.each([`"${apiToken}"`, `alice:${apiToken}`, `TOKEN=${apiToken}`, `<${apiToken}>`])(
    'sees a whole token with something around it, of %#',
    (text) => {
      expect(shapeOf(seal(text))).toMatchObject({ kind: 'unknown', surrounded: true })
      expect(shapeOf(seal(text.replace('xx', 'xz')))).not.toHaveProperty('surrounded')
    },
  )

  it('sees a secret that is stored percent-encoded', () => {
    expect(shapeOf(seal(apiToken.replace('=', '%3D')))).toMatchObject({
      kind: 'api-token',
      checksum: 'does not fit',
      percentEncoded: true,
    })
  })
})
