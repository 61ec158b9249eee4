import { execFileSync, spawnSync } from 'node:child_process'
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

/** Another user may read it and the group may not; the mode shows the mask in place of the group (acl(5), linux/posix_acl_xattr.h). */
const GIVE = `
entry = lambda tag, perm, id=0xffffffff: struct.pack('<HHI', tag, perm, id)
acl = struct.pack('<I', 2) + entry(1, 6) + entry(2, 4, 1001) + entry(4, 0) + entry(16, 4) + entry(32, 0)
os.setxattr(path, 'system.posix_acl_access', acl)
os.setxattr(path, 'user.note', b'x')
`

function attributes(path: string, act = ''): string {
  const program = `import os, struct, sys\npath = sys.argv[1]\n${act}\nprint({name: os.getxattr(path, name).hex() for name in sorted(os.listxattr(path))})`
  return execFileSync('python3', ['-c', program, path], { encoding: 'utf8' })
}

/** A file that one more user may read. */
async function shared(name: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, 'old secret, longer than the new one')
  await chmod(path, 0o600)
  attributes(path, GIVE)
  return path
}

const python = spawnSync('python3', ['-c', 'import os; os.setxattr'], { stdio: 'ignore' }).status === 0

describe('replace', () => {
  it('writes the new bytes and keeps the mode', async () => {
    const path = join(folder, 'a')
    await writeFile(path, 'old')
    await chmod(path, 0o640)
    expect(await files.replace(path, bytes('old'), bytes('new'))).toBe('replaced')
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o7777]).toEqual(['new', 0o640])
    expect(await readdir(folder)).toEqual(['a'])
  })

  it.skipIf(!python)('keeps lists of access and extended attributes, which Node knows nothing of', async () => {
    const path = await shared('a')
    const [before, { mode }] = [attributes(path), await stat(path)]
    expect(before).toContain('user.note')
    expect(before).toContain('system.posix_acl_access')
    for (const text of ['new', 'newer']) {
      expect(await files.replace(path, await readFile(path), bytes(text))).toBe('replaced')
      expect([attributes(path), (await stat(path)).mode, await readFile(path, 'utf8')]).toEqual([before, mode, text])
    }
  })

  it.skipIf(!python)(
    'does so for files that were looked at before, also when they were given a list meanwhile',
    async () => {
      const [listed, given, none] = [await shared('a'), join(folder, 'b'), join(folder, 'c')]
      for (const path of [given, none]) await writeFile(path, 'old')
      await files.lookAhead([listed, given, none])
      attributes(given, GIVE)
      const before = [listed, given, none].map((path) => attributes(path))
      for (const path of [listed, given, none]) await files.replace(path, await readFile(path), bytes('new'))
      expect([listed, given, none].map((path) => attributes(path))).toEqual(before)
    },
  )

  it.skipIf(!python)('keeps an attribute that stands alone, of which ls shows nothing', async () => {
    const paths = ['a', 'name with blanks'].map((name) => join(folder, name))
    const [noted = '', none = ''] = paths
    for (const path of paths) await writeFile(path, 'old')
    attributes(noted, "os.setxattr(path, 'user.note', b'x')")
    const fresh = nodeFiles()
    await fresh.lookAhead(paths)
    for (const path of paths) await fresh.replace(path, bytes('old'), bytes('new'))
    expect(attributes(noted)).toContain('user.note')
    expect(attributes(none)).toBe('{}\n')
  })

  it('says alone of which file it is that its links lead in a circle, where many are looked at', async () => {
    const [circle, beside] = [join(folder, 'circle'), join(folder, 'beside')]
    await symlink('circle', circle)
    await writeFile(beside, 'old')
    await files.lookAhead([circle, beside])
    expect(await files.replace(beside, bytes('old'), bytes('new'))).toBe('replaced')
    await expect(files.replace(circle, bytes('old'), bytes('new'))).rejects.toMatchObject({
      code: 'R102',
      parts: { at: circle, because: 'its symbolic links lead in a circle' },
    })
  })

  it.skipIf(!python)('takes nothing over from a folder that has a list for what is made in it', async () => {
    const path = join(folder, 'a')
    await writeFile(path, 'old')
    attributes(folder, GIVE.replaceAll('posix_acl_access', 'posix_acl_default'))
    const before = attributes(path)
    expect(before).toBe('{}\n')
    for (const look of [true, false]) {
      if (look) await files.lookAhead([path])
      await files.replace(path, await readFile(path), bytes(`new ${look}`))
      expect(attributes(path)).toBe(before)
    }
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

  it('makes a file for one alone of many that found none', async () => {
    const path = join(folder, 'new')
    const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((text) => files.replace(path, 'absent', bytes(text))))
    expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1)
    expect(await readFile(path, 'utf8')).toBe(['a', 'b', 'c', 'd'][outcomes.indexOf('replaced')])
    expect(await readdir(folder)).toEqual(['new'])
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
    await expect(files.append(full, bytes('x'), 0)).rejects.toMatchObject({ code: 'R105', parts: { at: full } })
  })
})

describe('the other doors', () => {
  it('appends, creating a private file', async () => {
    const path = join(folder, 'journal')
    expect(await files.append(path, bytes('one\n'), 0)).toBe('appended')
    expect(await files.append(path, bytes('two\n'), 4)).toBe('appended')
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o7777]).toEqual(['one\ntwo\n', 0o600])
  })

  it('appends to nothing that is longer or shorter than it was left', async () => {
    const path = join(folder, 'journal')
    await files.append(path, bytes('one\n'), 0)
    for (const held of [0, 3, 5]) expect(await files.append(path, bytes('two\n'), held)).toBe('changed meanwhile')
    expect(await readFile(path, 'utf8')).toBe('one\n')
    await rm(path)
    await expect(files.append(path, bytes('two\n'), 4)).rejects.toMatchObject({ code: 'R101' })
    expect(await readdir(folder)).toEqual([])
  })

  it('creates a file once', async () => {
    const path = join(folder, 'lock')
    expect([
      await files.create(path, bytes('1')),
      await files.create(path, bytes('2')),
      await readFile(path, 'utf8'),
    ]).toEqual([true, false, '1'])
  })

  it('creates a file from pieces', async () => {
    const path = join(folder, 'plan')
    await files.create(path, [bytes('one, '), bytes(''), bytes('two')])
    expect(await readFile(path, 'utf8')).toBe('one, two')
  })

  it('says in words what the system says in letters', async () => {
    const inFile = join(folder, 'file', 'below')
    await writeFile(join(folder, 'file'), '')
    await symlink('circle', join(folder, 'circle'))
    await expect(files.makeFolder(inFile)).rejects.toMatchObject({
      parts: { because: 'a part of its path is a file and no folder' },
    })
    await expect(files.resolve(join(folder, 'circle'))).rejects.toMatchObject({
      parts: { because: 'its symbolic links lead in a circle' },
    })
    await expect(files.append(join(folder, 'n'.repeat(300)), bytes(''), 0)).rejects.toMatchObject({
      parts: { because: 'its name is too long for the file system' },
    })
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

  it('does not advise to remove a folder that was named for a file', async () => {
    await expect(files.read(folder)).rejects.toMatchObject({
      code: 'R102',
      parts: {
        because: 'it is a folder',
        next: ['A file is wanted there: check the path, then repeat the command.'],
      },
    })
  })

  it.runIf(process.platform === 'linux')('ends where a folder takes no new name', async () => {
    await expect(files.makeFolder('/proc/keyturn/below')).rejects.toMatchObject({
      parts: { at: '/proc/keyturn/below' },
    })
  })

  it('makes folders that only their owner can enter', async () => {
    await files.makeFolder(join(folder, 'a', 'b'))
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o7777).toBe(0o700)
    expect((await stat(join(folder, 'a'))).mode & 0o7777).toBe(0o700)
  })
})
