import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeFiles } from './node-files.ts'

const files = nodeFiles()
const bytes = (text: string): Uint8Array => Buffer.from(text)
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('replace', () => {
  it('writes the new bytes and keeps the mode', async () => {
    const path = join(folder, 'a')
    await writeFile(path, 'old')
    await chmod(path, 0o640)
    expect(await files.replace(path, bytes('old'), bytes('new'))).toBe('replaced')
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o7777]).toEqual(['new', 0o640])
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('writes nothing when the file holds something else', async () => {
    const path = join(folder, 'a')
    await writeFile(path, 'changed by someone')
    expect(await files.replace(path, bytes('old'), bytes('new'))).toBe('changed meanwhile')
    expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['changed by someone', ['a']])
  })

  it('makes a private file only where none is', async () => {
    const path = join(folder, 'new')
    expect(await files.replace(path, 'absent', bytes('x'))).toBe('replaced')
    expect((await stat(path)).mode & 0o7777).toBe(0o600)
    expect(await files.replace(path, 'absent', bytes('y'))).toBe('changed meanwhile')
    expect(await readFile(path, 'utf8')).toBe('x')
  })

  it('writes through a symbolic link and leaves the link', async () => {
    await writeFile(join(folder, 'real'), 'old')
    await symlink('real', join(folder, 'link'))
    await files.replace(join(folder, 'link'), bytes('old'), bytes('new'))
    expect([await readFile(join(folder, 'real'), 'utf8'), (await files.entry(join(folder, 'link')))?.kind]).toEqual([
      'new',
      'link',
    ])
  })

  it('keeps the old file and leaves no temporary one when the disk is full', async () => {
    const full = '/dev/full'
    await expect(files.append(full, bytes('x'))).rejects.toMatchObject({ code: 'R105', parts: { at: full } })
  })
})

describe('the other doors', () => {
  it('appends, creating a private file', async () => {
    const path = join(folder, 'journal')
    await files.append(path, bytes('one\n'))
    await files.append(path, bytes('two\n'))
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o7777]).toEqual(['one\ntwo\n', 0o600])
  })

  it('creates a file once', async () => {
    const path = join(folder, 'lock')
    expect([
      await files.create(path, bytes('1')),
      await files.create(path, bytes('2')),
      await readFile(path, 'utf8'),
    ]).toEqual([true, false, '1'])
  })

  it('names a missing file', async () => {
    await expect(files.read(join(folder, 'none'))).rejects.toMatchObject({
      code: 'R101',
      parts: { at: join(folder, 'none') },
    })
  })

  it('does not open what is not a regular file', async () => {
    await expect(files.read('/dev/zero')).rejects.toMatchObject({
      code: 'R102',
      parts: { because: 'not a regular file' },
    })
  })

  it('makes folders that only their owner can enter', async () => {
    await files.makeFolder(join(folder, 'a', 'b'))
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o7777).toBe(0o700)
    expect((await stat(join(folder, 'a'))).mode & 0o7777).toBe(0o700)
  })
})
