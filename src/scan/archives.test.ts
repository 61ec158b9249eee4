import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openForReading } from '../system/archives.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.ts'
import { archiveMembers, kindOfArchive, sourceOf } from './archives.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-archives-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

async function open(archive: Uint8Array, limits: Partial<ArchiveLimits> = {}, now: () => number = () => 0) {
  const members: Record<string, string> = {}
  const problems: (readonly string[])[] = []
  const request = { path: 'a', source: sourceOf(archive), limits: { ...ARCHIVE_LIMITS, ...limits }, now }
  for await (const item of archiveMembers(request)) {
    if (item.kind === 'member') members[item.path] = Buffer.from(item.bytes).toString()
    else problems.push([item.path, item.reason, item.limit ?? item.detail])
  }
  return { members, problems }
}

async function tar(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const stream = pack()
  for (const [name, text] of Object.entries(files)) stream.entry({ name }, text)
  stream.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** One entry with these header fields, whatever its bytes are. */
function zipWith(name: string, packed: Uint8Array, method: number, flags = 0): Uint8Array {
  const local = Buffer.alloc(30 + name.length)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(name.length, 26)
  local.write(name, 30)
  const central = Buffer.alloc(46 + name.length)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(flags, 8)
  central.writeUInt16LE(method, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt16LE(name.length, 28)
  central.write(name, 46)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length + packed.length, 16)
  return Buffer.concat([local, packed, central, end])
}

describe('opening an archive', () => {
  it('gives every file of what real tools make, whatever it is called', async () => {
    mkdirSync(join(folder, 'in', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'in', 'one'), 'first')
    writeFileSync(join(folder, 'in', 'deep', `${'long'.repeat(40)}.txt`), 'second')
    symlinkSync('/etc/passwd', join(folder, 'in', 'link'))
    const run = (command: string, ...args: readonly string[]) =>
      execFileSync(command, args, { cwd: folder, stdio: 'pipe' })
    run('tar', '-cf', 'a.tar', 'in')
    run('tar', '--format=posix', '-czf', 'b', 'in')
    run('tar', '--format=gnu', '--zstd', '-cf', 'c.dat', 'in')
    run('zip', '-qry', 'd.jar', 'in')
    for (const name of ['a.tar', 'b', 'c.dat', 'd.jar']) {
      const { members, problems } = await open(readFileSync(join(folder, name)))
      const linked = name === 'd.jar' ? { 'a!in/link': '/etc/passwd' } : {}
      const long = `a!in/deep/${'long'.repeat(40)}.txt`
      expect([name, members, problems]).toEqual([name, { 'a!in/one': 'first', [long]: 'second', ...linked }, []])
    }
  })

  it('gives the one file of a gzip or zstd file under its own name', async () => {
    writeFileSync(join(folder, 'log'), 'text')
    execFileSync('zstd', ['-q', 'log'], { cwd: folder })
    expect((await open(gzipSync('text'))).members).toEqual({ 'a!a': 'text' })
    expect((await open(readFileSync(join(folder, 'log.zst')))).members).toEqual({ 'a!a': 'text' })
    expect((await open(Buffer.concat([gzipSync('one '), gzipSync('two')]))).members).toEqual({ 'a!a': 'one two' })
  })

  it('opens what is nested, and names the way to it', async () => {
    const inner = zipSync({ 'x.txt': bytes('deep') })
    const middle = gzipSync(await tar({ 'lib/in.war': '' }))
    expect((await open(zipSync({ 'in.zip': inner, 'm.tgz': middle, plain: bytes('p') }))).members).toEqual({
      'a!in.zip!x.txt': 'deep',
      'a!m.tgz!lib/in.war': '',
      'a!plain': 'p',
    })
  })

  it('finds a zip file behind a program that unpacks it', async () => {
    const whole = Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), zipSync({ x: bytes('inside') })])
    expect((await open(whole)).members).toEqual({ 'a!x': 'inside' })
  })

  it('takes names as names, and writes nothing', async () => {
    const names = ['../../up', '/etc/shadow', 'C:\\x', 'a/../b']
    const { members } = await open(zipSync(Object.fromEntries(names.map((name) => [name, bytes(name)]))))
    expect(Object.keys(members)).toEqual(names.map((name) => `a!${name}`))
    expect(Object.keys((await open(await tar({ '../../up': 'x' }))).members)).toEqual(['a!../../up'])
    expect(readdirSync(folder)).toEqual([])
  })

  it('reads a file on the disk piece by piece, never a FIFO or a link', async () => {
    const path = join(folder, 'file.zip')
    writeFileSync(path, zipSync({ x: bytes('on disk') }))
    const file = openForReading(path)
    if (file === undefined) throw new Error('it is there')
    const found: string[] = []
    for await (const item of archiveMembers({ path, source: file, now: () => 0 }))
      if (item.kind === 'member') found.push(Buffer.from(item.bytes).toString())
    file.close()
    expect(found).toEqual(['on disk'])
    execFileSync('mkfifo', [join(folder, 'fifo')])
    symlinkSync(path, join(folder, 'link'))
    expect([openForReading(join(folder, 'fifo')), openForReading(join(folder, 'link'))]).toEqual([undefined, undefined])
  })

  it('leaves alone what is no archive', async () => {
    expect(kindOfArchive(sourceOf(bytes('PK is no archive')))).toBeUndefined()
    expect(await open(bytes('text'))).toEqual({ members: {}, problems: [] })
  })
})

describe('what cannot be read is said', () => {
  it('encrypted entries and unknown compression', async () => {
    writeFileSync(join(folder, 'x'), 'text')
    execFileSync('zip', ['-q', '-P', 'password', 'e.zip', 'x'], { cwd: folder })
    expect((await open(readFileSync(join(folder, 'e.zip')))).problems).toEqual([
      ['a!x', 'encrypted', 'it needs a password'],
    ])
    expect((await open(zipWith('x', bytes('?'), 14))).problems).toEqual([
      ['a!x', 'unknown-compression', 'zip method 14'],
    ])
  })

  it('damaged and cut archives, and the rest goes on', async () => {
    const good = zipSync({ x: bytes('x'.repeat(500)), y: bytes('y') }, { level: 0 })
    const inner = Buffer.from(gzipSync('z'.repeat(5000)))
    expect((await open(zipSync({ bad: inner.subarray(0, 20), y: bytes('y') }))).problems).toEqual([
      ['a!bad', 'damaged', 'it is no whole gzip file'],
    ])
    expect((await open(good.subarray(0, 300))).problems).toEqual([
      ['a', 'damaged', 'the directory of the zip file is damaged'],
    ])
    const cut = (await tar({ x: 'x'.repeat(3000) })).subarray(0, 1500)
    expect((await open(cut)).problems).toEqual([['a', 'damaged', 'it is no whole tar file']])
    expect((await open(zipWith('x', bytes('no deflate'), 8))).problems).toEqual([
      ['a!x', 'damaged', 'it cannot be inflated'],
    ])
  })

  it('any bytes at all, without a throw', async () => {
    const tarBytes = await tar({ x: 'x'.repeat(1000) })
    const seeds = [
      zipSync({ x: bytes('x'.repeat(100)) }),
      gzipSync('text'),
      tarBytes,
      gzipSync(tarBytes),
      Buffer.from('28b52ffd2004210000746578745f', 'hex'),
    ]
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), damage, fc.nat(), async (seed, changes, cut) => {
        const changed = Uint8Array.from(seed)
        for (const [at, value] of changes) changed[at % changed.length] = value
        await open(changed.subarray(0, 1 + (cut % changed.length)), { totalBytes: 1e7, memberBytes: 1e6 })
      }),
      { numRuns: 400 },
    )
  })
})

describe('bombs end at a limit that is named', () => {
  const zeros = Buffer.alloc(12_000_000)

  it('a member', async () => {
    const limits = { memberBytes: 1_000_000 }
    expect((await open(zipSync({ big: zeros, small: bytes('s') }), limits)).members).toEqual({ 'a!small': 's' })
    for (const [archive, path] of [
      [zipSync({ big: zeros }), 'a!big'],
      [gzipSync(zeros), 'a!a'],
      [await tar({ big: 'x'.repeat(2_000_000) }), 'a!big'],
    ] as const)
      expect((await open(archive, limits)).problems).toEqual([[path, 'limit', 'memberBytes']])
  })

  it('all members together, also when they share their bytes', async () => {
    const packed = deflateRawSync(zeros)
    const one = zipWith('x', packed, 8)
    const central = one.subarray(31 + packed.length, one.length - 22)
    const end = Buffer.from(one.subarray(one.length - 22))
    end.writeUInt32LE(central.length * 1000, 12)
    const overlapping = Buffer.concat([
      one.subarray(0, 31 + packed.length),
      ...Array.from({ length: 1000 }, () => central),
      end,
    ])
    expect((await open(overlapping, { totalBytes: 40_000_000, ratio: 1e9 })).problems).toEqual([
      ['a', 'limit', 'totalBytes'],
    ])
    expect((await open(overlapping, { totalBytes: 1e12, ratioFrom: 20_000_000 })).problems).toEqual([
      ['a', 'limit', 'ratio'],
    ])
  })

  it('gzip in gzip, and zstd', async () => {
    expect((await open(gzipSync(gzipSync(zeros)), { totalBytes: 10_000_000 })).problems).toEqual([
      ['a', 'limit', 'totalBytes'],
    ])
    writeFileSync(join(folder, 'z'), zeros)
    execFileSync('zstd', ['-q', 'z'], { cwd: folder })
    const zstd = readFileSync(join(folder, 'z.zst'))
    expect((await open(zstd, { totalBytes: 10_000_000 })).problems).toEqual([['a', 'limit', 'totalBytes']])
  })

  it('many entries, depth and time', async () => {
    const many = zipSync(Object.fromEntries(Array.from({ length: 200 }, (_, number) => [`f${number}`, bytes('x')])))
    expect((await open(many, { entries: 100 })).problems).toEqual([['a', 'limit', 'entries']])
    expect(Object.keys((await open(many, { entries: 100 })).members)).toHaveLength(100)
    let nested: Uint8Array = zipSync({ x: bytes('bottom') })
    for (let depth = 0; depth < 9; depth++) nested = zipSync({ z: nested })
    expect((await open(nested)).problems).toEqual([['a!z!z!z!z!z', 'limit', 'depth']])
    let clock = 0
    expect((await open(many, {}, () => (clock += 1000))).problems).toEqual([['a', 'limit', 'milliseconds']])
  })
})
