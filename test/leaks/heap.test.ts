import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FivePlaces, makeFivePlaces } from '../support/five-places.ts'

const LIBRARY = resolve(import.meta.dirname, '..', '..', 'dist', 'index.js')
const CHILD = join(import.meta.dirname, 'heap-child.mjs')

let machine: FivePlaces
let folder = ''
let snapshot = ''
let said = ''

beforeAll(async () => {
  machine = await makeFivePlaces()
  folder = await mkdtemp(join(tmpdir(), 'keyturn-heap-'))
  const file = join(folder, 'after.heapsnapshot')
  const paths = [join(machine.folder, 'dev'), join(machine.folder, 'jenkins')]
  const args = ['--expose-gc', CHILD, LIBRARY, join(machine.folder, 'keyturn'), file, ...paths]
  said = (await promisify(execFile)(process.execPath, args)).stdout
  snapshot = await readFile(file, 'latin1')
})
afterAll(async () => {
  for (const one of [machine.folder, folder]) await rm(one, { recursive: true, force: true })
})

/** Without the beginning that every made-up secret has. */
const randomPart = (secret: string): string => secret.replace(/^.*testFAKE/, '').slice(0, 16)

describe('the memory of a process after apply', () => {
  it('is looked at after five places were changed', () => {
    expect(said).toBe('5 steps, exit code 0\n')
    // Its arguments are what every process keeps: a text that is in memory is found.
    expect(snapshot).toContain(`"${machine.folder}/dev"`)
  })

  it('holds no old secret any more', () => {
    expect(machine.oldSecrets.filter((secret) => snapshot.includes(randomPart(secret)))).toEqual([])
  })

  it('holds no new token any more', () => {
    expect(snapshot.includes(randomPart(machine.newSecret))).toBe(false)
  })
})
