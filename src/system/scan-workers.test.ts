import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BulkEvent, ByteSearch, FileJudge } from './bulk-files.ts'
import { othersRunning, threadsFor } from './idle-cores.ts'
import { type BulkRequest, searchFiles } from './scan-workers.ts'

const SEARCH = `
  const buffer = Buffer.alloc(4096)
  const nextHit = (from, length) => {
    const text = buffer.subarray(0, length)
    if (text.includes('crash')) throw new Error('out of order')
    for (let until = performance.now() + 1e5; text.includes('endless') && performance.now() < until; );
    return text.indexOf('needle', from)
  }
  return { buffer, overlap: 5, hit: (length) => nextHit(0, length), nextHit }`
/** Knows what ends with a needle, and names its job after the text. */
const JUDGE = `
  return (path, bytes, nextHit) =>
    nextHit(bytes.length - 6) === -1
      ? undefined
      : { consumer: 'x', demands: [{ operation: 'git-fetch', by: 'job ' + Buffer.from(bytes).toString(), of: { kind: 'host', host: 'h' } }] }`

const search = new Function(SEARCH) as () => ByteSearch
const judge = (new Function(JUDGE) as () => FileJudge)()
let folder = ''
let entry: URL

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-workers-'))
  const outfile = join(folder, 'worker.mjs')
  const contents = `import { serveSearch } from './scan-workers.ts'\nserveSearch({ search: (() => {${SEARCH}})(), judge: (() => {${JUDGE}})() })`
  const stdin = { contents, resolveDir: import.meta.dirname, loader: 'ts' } as const
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' })
  entry = pathToFileURL(outfile)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function makeTree(name: string, files: number, textOf: (index: number) => string): string {
  const root = join(folder, name)
  for (let index = 0; index < files; index++) {
    const inner = join(root, `folder-${index % 23}`)
    if (index < 23) mkdirSync(inner, { recursive: true })
    writeFileSync(join(inner, `file-${index}`), textOf(index))
  }
  return root
}

async function eventsOf(
  request: BulkRequest,
  threads: number,
  judging: { readonly judge?: FileJudge } = {},
): Promise<readonly BulkEvent[]> {
  const events: BulkEvent[] = []
  for await (const event of searchFiles(request, { search: search(), entry, threads, ...judging })) events.push(event)
  return events
}

const wanted = { names: ['file-77'], suffixes: ['0'] }

describe('several threads', () => {
  it.each([2, 8])('%i find what one finds, in the same order', async (threads) => {
    const root = makeTree(`same-${threads}`, 1000, (index) =>
      index % 5 === 0 ? `${index} needle`.padEnd(index) : `${index}`,
    )
    symlinkSync(root, join(root, 'folder-3', 'link'))
    const [one, several] = [
      { filesSeen: 0, bytesSeen: 0 },
      { filesSeen: 0, bytesSeen: 0 },
    ]
    const alone = await eventsOf({ roots: [root], wanted, counts: one }, 1)
    const together = await eventsOf({ roots: [root], wanted, counts: several }, threads)
    expect(alone.length).toBeGreaterThan(200)
    expect(together).toEqual(alone)
    expect(several).toEqual(one)
    expect(one.filesSeen).toBe(1001)
  })

  it.each([1, 2, 8])('%i judge what was read, and hand over the bytes of the rest', async (threads) => {
    const root = makeTree(`judged-${threads}`, 1000, (index) =>
      index % 2 === 0 ? `${index} needle` : `needle ${index}`,
    )
    const events = await eventsOf({ roots: [root], wanted }, threads, { judge })
    const judged = events.flatMap((event) =>
      event.kind === 'judged' ? event.judgement.demands.map(({ by }) => by) : [],
    )
    expect(judged.sort()).toEqual(Array.from({ length: 500 }, (_, index) => `job ${index * 2} needle`).sort())
    const others = events.flatMap((event) => (event.kind === 'candidate' && event.bytes ? [event.path] : []))
    expect(others).toHaveLength(500)
    expect((await eventsOf({ roots: [root], wanted }, threads)).some(({ kind }) => kind === 'judged')).toBe(false)
  })

  it('end a search with R900 when one of them crashes', async () => {
    const root = makeTree('crash', 600, (index) => (index % 7 === 3 ? 'crash' : ''))
    const calm = { ...search(), hit: () => -1 }
    const searching = async (): Promise<void> => {
      for await (const _ of searchFiles({ roots: [root], wanted }, { search: calm, entry, threads: 2 }));
    }
    await expect(searching()).rejects.toMatchObject({ code: 'R900', message: expect.stringContaining('out of order') })
  })

  it('stop when they are told to, even one that would never end', async () => {
    const root = makeTree('endless', 600, (index) => (index < 25 ? 'endless' : ''))
    const calm = { ...search(), hit: () => -1 }
    const signal = AbortSignal.timeout(300)
    const searching = async (): Promise<void> => {
      for await (const _ of searchFiles({ roots: [root], wanted, signal }, { search: calm, entry, threads: 2 }));
    }
    await expect(searching()).rejects.toThrow(/timeout/)
  })

  it('are left behind when nobody wants more', async () => {
    const root = makeTree('enough', 700, () => 'needle')
    for await (const event of searchFiles({ roots: [root], wanted }, { search: search(), entry, threads: 8 })) {
      expect(event.kind).toBe('candidate')
      break
    }
  })
})

describe('the number of threads', () => {
  it.each([
    [1, 0, 1],
    [2, 0.4, 2],
    [2, 1.2, 1],
    [2, 9, 1],
    [8, 1, 4],
    [8, 6.4, 2],
  ])('on %i cores with %f others at work is %i', (cores, others, threads) =>
    expect(threadsFor(cores, others)).toBe(threads),
  )

  it('follows from what the machine does', () => expect(othersRunning()).toBeGreaterThanOrEqual(0))
})
