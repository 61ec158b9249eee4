import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import { consumers } from '../consumers/registry.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'

const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-search-archive-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const netrc = (secret: string): Buffer => Buffer.from(`machine bitbucket.org login alice password ${secret}\n`)
const scanned = (archives = true, path = folder): Promise<Inventory> =>
  scan({ roots: [path], archives }, consumers, context)

describe('scan of archives', () => {
  it('finds what is packed, by names inside, nested too, and says that it is buried', async () => {
    const inner = zipSync({ '.netrc': netrc(appPassword()) })
    await writeFile(
      join(folder, 'a.zip'),
      zipSync({ 'home/inner.jar': inner, '.netrc': netrc('x7Kd0PqLw3Zr9TnBv5Ya') }),
    )
    expect((await scanned(false)).places).toEqual([])
    const { places, unread } = await scanned()
    expect(unread).toEqual([])
    expect(places.map(({ at, buried, line }) => [at, buried, line])).toEqual(
      ['home/inner.jar!.netrc', '.netrc'].map((member) => [
        { kind: 'file', path: `${join(folder, 'a.zip')}!${member}` },
        { kind: 'archive', archive: join(folder, 'a.zip'), member },
        1,
      ]),
    )
  })

  it('opens an archive that is named by hand, and tells a damaged one', async () => {
    const [good, bad] = [join(folder, '.env.gz'), join(folder, 'bad.gz')]
    const packed = gzipSync(Buffer.from(`BITBUCKET_APP_PASSWORD=${appPassword()}\n`))
    await writeFile(good, packed)
    await writeFile(bad, packed.subarray(0, 30))
    expect((await scanned(true, good)).places).toHaveLength(1)
    expect((await scanned()).unread).toEqual([{ at: bad, reason: 'malformed', detail: 'it is no whole gzip file' }])
  })

  it('takes a file that only has the name of an archive as what it is', async () => {
    await writeFile(join(folder, 'token.gz'), `BITBUCKET_APP_PASSWORD=${appPassword()}\n`)
    await writeFile(join(folder, 'empty.zip'), '')
    const { places, unread } = await scanned()
    expect([places.length, places[0]?.buried, unread]).toEqual([1, undefined, []])
  })
})
