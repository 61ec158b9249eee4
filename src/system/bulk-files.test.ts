import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BulkEvent, ByteSearch } from './bulk-files.ts'
import { nameOf, osPath } from './bulk-paths.ts'
import { type BulkRequest, searchFiles } from './scan-workers.ts'

/** Finds `needle`, in a buffer so small that parts matter. `onSearch` runs between two reads. */
function needleSearch(size = 64, onSearch: () => void = () => undefined): ByteSearch {
  const buffer = Buffer.alloc(size)
  const nextHit = (from: number, length: number): number => {
    onSearch()
    return buffer.subarray(0, length).indexOf('needle', from)
  }
  return { buffer, overlap: 5, hit: (length) => nextHit(0, length), nextHit }
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-bulk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(path: string, text: string): string {
  const whole = join(folder, path)
  mkdirSync(dirname(whole), { recursive: true })
  writeFileSync(whole, text)
  return whole
}

const NOTHING_WANTED = { names: [], suffixes: [] }

async function found(request: Partial<BulkRequest> = {}, search = needleSearch()): Promise<readonly BulkEvent[]> {
  const events: BulkEvent[] = []
  const roots = request.paths === undefined ? [folder] : []
  for await (const event of searchFiles({ roots, wanted: NOTHING_WANTED, ...request }, { search })) events.push(event)
  return events
}

const short = ({ kind, path }: BulkEvent): string => `${kind} ${path.slice(folder.length + 1)}`

describe('a walk', () => {
  it('reads hidden files, in an order that does not depend on the disk', async () => {
    for (const path of ['z', '.a/.b', 'b/c', 'b/a', 'a.txt', 'a/x']) write(path, 'needle')
    expect((await found()).map(short)).toEqual(
      ['.a/.b', 'a/x', 'a.txt', 'b/a', 'b/c', 'z'].map((path) => `candidate ${path}`),
    )
  })

  it('counts every file and byte, and tells only what hits or is wanted by name or ending', async () => {
    for (const path of ['a', 'x/.netrc', 'x/.git/config', 'x/config', 'x/main.tf', 'x/y.tfvars']) write(path, 'nothing')
    write('hit', 'a needle')
    const counts = { filesSeen: 0, bytesSeen: 0 }
    const events = await found({ counts, wanted: { names: ['.netrc'], suffixes: ['/.git/config', '.tfvars'] } })
    expect(events.map(short)).toEqual(
      ['hit', 'x/.git/config', 'x/.netrc', 'x/y.tfvars'].map((path) => `candidate ${path}`),
    )
    expect(counts).toEqual({ filesSeen: 7, bytesSeen: 6 * 7 + 8 })
  })

  it('gives a candidate its bytes, dates and the offset of the hit', async () => {
    const path = write('file', 'two needles')
    const [event] = await found()
    expect(event).toMatchObject({ kind: 'candidate', path, size: 11, firstHit: 4 })
    expect(event?.kind === 'candidate' && Buffer.from(event.bytes ?? []).toString()).toBe('two needles')
    expect(event?.kind === 'candidate' && event.inode > 0 && event.mtimeMs > 0).toBe(true)
  })

  it('tells links and does not follow them', async () => {
    write('inside/real', 'needle')
    symlinkSync(join(folder, 'inside'), join(folder, 'to-folder'))
    symlinkSync('/etc/passwd', join(folder, 'to-file'))
    symlinkSync('nowhere', join(folder, 'to-nothing'))
    expect((await found()).map(short)).toEqual(
      expect.arrayContaining(['candidate inside/real', 'link to-file', 'link to-folder', 'link to-nothing']),
    )
    expect(await found()).toHaveLength(4)
  })

  it('leaves out the objects of git repositories, bare or not, and nothing else that is called so', async () => {
    for (const git of ['app/.git', 'bare.git']) {
      write(`${git}/HEAD`, '')
      write(`${git}/refs/heads/main`, '')
      write(`${git}/objects/aa/bb`, 'needle')
      write(`${git}/config`, 'needle')
    }
    write('objects/file', 'needle')
    expect((await found()).map(short)).toEqual([
      'candidate app/.git/config',
      'candidate bare.git/config',
      'candidate objects/file',
    ])
  })

  it('never opens a FIFO, a socket or a device, and tells of one whose name is wanted', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo'), join(folder, '.netrc')])
    const server = createServer().listen(join(folder, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const counts = { filesSeen: 0, bytesSeen: 0 }
    const events = await found({ counts, wanted: { names: ['.netrc'], suffixes: [] } })
    server.close()
    expect(events).toEqual([
      { kind: 'unread', path: join(folder, '.netrc'), code: 'NOTFILE', detail: 'not a regular file' },
    ])
    expect(counts.filesSeen).toBe(3)
  })

  it('finds files whose names are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])])
    mkdirSync(bytes)
    writeFileSync(Buffer.concat([bytes, Buffer.from('/na'), Buffer.from([0xef]), Buffer.from('ve')]), 'needle')
    const [event, ...others] = await found()
    expect(others).toEqual([])
    expect(event).toMatchObject({ kind: 'candidate', path: `${folder}/caf\udce9/na\udcefve` })
    expect(osPath(`${folder}/caf\udce9`)).toEqual(bytes)
  })

  it('tells what a root is that is missing, and reads one that is a file', async () => {
    const path = write('file', 'needle')
    const events = await found({ roots: [join(folder, 'missing'), path] })
    expect(events).toMatchObject([
      { kind: 'unread', code: 'ENOENT' },
      { kind: 'candidate', path },
    ])
  })

  // The superuser may read everything.
  it.skipIf(process.getuid?.() === 0)('tells what it may not read, and goes on', async () => {
    chmodSync(write('a', 'needle'), 0)
    write('b/file', 'needle')
    chmodSync(join(folder, 'b'), 0)
    write('c', 'needle')
    expect((await found()).map(short)).toEqual(['unread b', 'unread a', 'candidate c'])
    chmodSync(join(folder, 'b'), 0o700)
  })
})

describe('a list of paths', () => {
  it('is read in its order, without following links, and each that cannot be read is told', async () => {
    const [a, b] = [write('a', 'needle'), write('b', 'needle')]
    symlinkSync(a, join(folder, 'link'))
    const paths = [b, join(folder, 'link'), join(folder, 'gone'), folder, '/dev/null', a]
    expect((await found({ paths })).map(({ kind, path }) => [kind, path])).toEqual([
      ['link', join(folder, 'link')],
      ['unread', join(folder, 'gone')],
      ['unread', folder],
      ['candidate', b],
      ['candidate', a],
    ])
  })
})

describe('a file that does not hold still', () => {
  it('is told when it vanishes between the listing and the reading', async () => {
    write('a', '')
    const last = write('b', 'needle')
    const search = needleSearch(64, () => rmSync(last, { force: true }))
    expect(await found({}, search)).toEqual([
      { kind: 'unread', path: last, code: 'ENOENT', detail: 'it vanished before it was read' },
    ])
  })

  it('is not followed when it becomes a link, and does not block when it becomes a FIFO', async () => {
    write('a', '')
    const [link, fifo] = [write('b', 'x'), write('c', 'needle')]
    const search = needleSearch(64, () => {
      rmSync(link, { force: true })
      symlinkSync('/etc/passwd', link)
      rmSync(fifo, { force: true })
      execFileSync('mkfifo', [fifo])
    })
    expect(await found({}, search)).toMatchObject([{ kind: 'unread', path: link, code: 'ELOOP' }])
  })

  it('is read again when it grows meanwhile, and given up when it never stops', async () => {
    const path = write('log', 'needle')
    let grown = 0
    const once = needleSearch(64, () => grown++ === 0 && appendFileSync(path, ' more'))
    expect(await found({}, once)).toMatchObject([{ kind: 'candidate', size: 11, firstHit: 0 }])
  })
})

describe('a large file', () => {
  it.each(Array.from({ length: 12 }, (_, shift) => shift))(
    'is searched across the parts it is read in (%i)',
    async (shift) => {
      const at = 54 + shift
      write('large', `${'-'.repeat(at)}needle${'-'.repeat(200)}`)
      expect(await found()).toMatchObject([{ kind: 'candidate', firstHit: at, size: 206 + at }])
    },
  )

  it('that is exactly as long as the buffer, or twice, is whole', async () => {
    for (const length of [64, 128]) {
      write('large', `${'-'.repeat(length - 6)}needle`)
      const [event] = await found()
      expect(event).toMatchObject({ firstHit: length - 6, size: length })
      expect(event?.kind === 'candidate' && event.bytes?.length).toBe(length)
    }
  })

  it('is a candidate without bytes above the limit', async () => {
    write('large', `needle${'-'.repeat(500)}`)
    const [event] = await found({ keepBytes: 505 })
    expect(event).toMatchObject({ kind: 'candidate', size: 506, firstHit: 0 })
    expect(event).not.toHaveProperty('bytes')
  })

  it('of any size is never held', async () => {
    const SIZE = 512 * 1024 ** 2
    const path = join(folder, 'huge')
    const file = openSync(path, 'w')
    ftruncateSync(file, SIZE)
    writeSync(file, 'needle', SIZE - 6)
    closeSync(file)
    const before = process.memoryUsage.rss()
    expect(await found({}, needleSearch(1 << 20))).toMatchObject([{ kind: 'candidate', firstHit: SIZE - 6 }])
    expect(process.memoryUsage.rss() - before).toBeLessThan(SIZE / 4)
  })

  it('shares the memory of its batch with others, which still get their bytes when it is their turn', async () => {
    for (const name of ['a', 'b', 'c', 'd']) write(name, `needle${name.repeat(3 << 20)}`)
    const events = await found()
    expect(events.map((event) => event.kind === 'candidate' && event.bytes?.at(-1))).toEqual([...Buffer.from('abcd')])
  })
})

describe('names as strings', () => {
  it('come back as the bytes they were', () => {
    for (const bytes of [
      [0x61],
      [0xe9],
      [0xc3, 0xa9],
      [0x61, 0xff, 0xc3, 0xa9],
      [0xf0, 0x9f, 0x92, 0x80],
      [0xed, 0xb2, 0x80],
    ])
      expect(Buffer.from(osPath(nameOf(Uint8Array.from(bytes))))).toEqual(Buffer.from(bytes))
  })
})
