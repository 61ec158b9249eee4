import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FivePlaces, makeFivePlaces } from '../support/five-places.ts'
import { appPassword } from '../support/synthetic-secrets.ts'

const LIBRARY = resolve(import.meta.dirname, '..', '..', 'dist', 'index.js')
const CHILD = join(import.meta.dirname, 'heap-child.mjs')

let machine: FivePlaces
let folder = ''
let snapshot = ''
let buffers = ''
let said = ''
let oldSecrets: readonly string[] = []

beforeAll(async () => {
  machine = await makeFivePlaces()
  folder = await mkdtemp(join(tmpdir(), 'keyturn-heap-'))
  oldSecrets = [...machine.oldSecrets, ...(await furnishServices(join(machine.folder, 'services')))]
  const [objects, bytes] = [join(folder, 'after.heapsnapshot'), join(folder, 'after.buffers')]
  const paths = ['dev', 'jenkins', 'services'].map((name) => join(machine.folder, name))
  const args = ['--expose-gc', CHILD, LIBRARY, join(machine.folder, 'keyturn'), objects, bytes, ...paths]
  said = (await promisify(execFile)(process.execPath, args)).stdout
  snapshot = await readFile(objects, 'latin1')
  buffers = await readFile(bytes, 'latin1')
})
afterAll(async () => {
  for (const one of [machine.folder, folder]) await rm(one, { recursive: true, force: true })
})

/** Places of the connector that changes fields of any format, with what reads them beside. Gives their secrets. */
async function furnishServices(root: string): Promise<readonly string[]> {
  const secrets = [appPassword(), appPassword(), appPassword()]
  for (const [index, secret] of secrets.entries()) {
    const service = join(root, `service${index}`)
    await mkdir(service, { recursive: true })
    await writeFile(
      join(service, 'ask.sh'),
      '#!/bin/sh\ncurl -u "$BITBUCKET_EMAIL:$BITBUCKET_API_TOKEN" https://api.bitbucket.org/2.0/repositories/acme/app\n',
    )
    const settings = `BITBUCKET_EMAIL=alice@acme.example\nBITBUCKET_API_TOKEN=${secret}\n`
    await writeFile(join(service, '.env'), settings, { mode: 0o600 })
  }
  return secrets
}

/** Without the beginning that every made-up secret has. */
const randomPart = (secret: string): string => secret.replace(/^.*testFAKE/, '').slice(0, 16)

describe('the memory of a process after apply', () => {
  it('is looked at after eight places were changed', () => {
    expect(said).toBe('8 steps, exit code 0\n')
    // Its arguments are what every process keeps: a text that is in memory is found.
    expect(snapshot).toContain(`"${machine.folder}/dev"`)
    expect(buffers).toContain('a buffer that is kept. ')
  })

  it('holds no old secret any more', () => {
    expect(oldSecrets.filter((secret) => snapshot.includes(randomPart(secret)))).toEqual([])
  })

  it('holds no new token any more', () => {
    expect(snapshot.includes(randomPart(machine.newSecret))).toBe(false)
  })

  it('holds no buffer with an old secret or the new token', () => {
    const all = [...oldSecrets, machine.newSecret]
    expect(all.filter((secret) => buffers.includes(randomPart(secret))).length).toBe(0)
  })
})
