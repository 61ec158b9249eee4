import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKeyturn } from '../index.ts'
import { readablePieces } from './plan-size.ts'

const pieces = [1, 2, 3].map((length) => new Uint8Array(length))

test('a plan that no command could read again is refused before it is kept, with the way out', () => {
  expect([...readablePieces(pieces, 6)]).toEqual(pieces)
  expect(() => [...readablePieces(pieces, 5)]).toThrow(
    expect.objectContaining({
      code: 'R112',
      parts: expect.objectContaining({ next: expect.arrayContaining(['  keyturn plan PATH']) }),
    }),
  )
})

test('a plan that is too large to be read says so, and is not read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-plan-size-'))
  const path = join(folder, 'plan.json')
  await writeFile(path, '{')
  await truncate(path, 513 * 1024 * 1024)
  const keyturn = await openKeyturn({ environment: {}, home: join(folder, 'home') })
  await expect(keyturn.loadPlan(path)).rejects.toMatchObject({
    code: 'R202',
    parts: { at: path, because: 'it is larger than 512 MiB, and cannot be read' },
  })
  await rm(folder, { recursive: true, force: true })
})
