import { describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import type { Consumer, Detector } from '../model/consumer.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { interestedIn, newSearch, type Search } from './search.ts'
import { searchBytes } from './search-file.ts'
import { reportUnknownTokens } from './unknown-tokens.ts'

const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
const FILE = { path: '/somewhere/file', real: '/somewhere/file' }

function searchWith(detect: Detector['detect']): Search {
  const consumer: Consumer = { id: 'some', title: 'Some', detector: { matches: () => true, keywords: [], detect } }
  return newSearch({ roots: ['/root'], base: '/root' }, [consumer], context)
}

async function unknownIn(bytes: Buffer, detect: Detector['detect']): Promise<readonly string[]> {
  const search = searchWith(detect)
  await searchBytes(FILE, bytes, interestedIn(FILE.path, search), search)
  reportUnknownTokens(search)
  return [...search.unread.values()].map(({ detail }) => detail.replace(/.*, /, ''))
}

describe('tokens that nobody understands', () => {
  const lines = ['a', appPassword(), '', `b ${appPassword()} ${appPassword()}`, appPassword()]
  const bytes = Buffer.from(lines.join('\n'))
  const nothing = { places: [], demands: [], unread: [] }

  it('are told with their lines', async () => {
    expect(await unknownIn(bytes, () => nothing)).toEqual(['line 2', 'line 4', 'line 5'])
  })

  it('but not those that share a byte with something a detector read', async () => {
    const start = bytes.indexOf(lines[1] ?? '')
    const touching = [[0, start + 1] as const, [bytes.length - 1, bytes.length] as const]
    expect(await unknownIn(bytes, () => ({ ...nothing, ofOthers: touching }))).toEqual(['line 4'])
    expect(await unknownIn(bytes, () => ({ ...nothing, ofOthers: [[0, start]] }))).toEqual([
      'line 2',
      'line 4',
      'line 5',
    ])
    expect(
      await unknownIn(bytes, () => ({
        ...nothing,
        ofOthers: [
          [0, bytes.length],
          [1, 2],
        ],
      })),
    ).toEqual([])
  })
})

it('a file may hold more places than a call takes arguments', async () => {
  const many = Array.from({ length: 300_000 }, (_, at) => [at, at + 1] as const)
  expect(
    await unknownIn(Buffer.alloc(300_000), () => ({ places: [], demands: [], unread: [], ofOthers: many })),
  ).toEqual([])
})
