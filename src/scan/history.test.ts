import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeFiles } from '../system/node-files.ts'
import { type HistoryBlob, type HistoryRequest, searchHistory } from './history.ts'
import { openScanCache } from './scan-cache.ts'

const environment = { PATH: process.env['PATH'] }
const NEEDLE = 'needle-in-a-haystack'
const needle = Buffer.from(NEEDLE)
const hit = (bytes: Uint8Array, from: number, to: number): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).includes(needle)

let folder = ''
let repository = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-history-'))
  repository = join(folder, 'app')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function git(args: readonly string[], cwd = repository, input?: string | Buffer): string {
  const env = {
    ...environment,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  }
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd,
    env,
    stdio: 'pipe',
    ...(input === undefined ? {} : { input }),
  })
    .toString()
    .trim()
}

function init(...more: readonly string[]): void {
  mkdirSync(repository, { recursive: true })
  git(['init', '-q', '-b', 'main', ...more])
}

function commit(path: string, text: string): string {
  mkdirSync(join(repository, path, '..'), { recursive: true })
  writeFileSync(join(repository, path), text)
  git(['add', '-A'])
  git(['commit', '-q', '-m', 'x'])
  return git(['rev-parse', `HEAD:${path}`])
}

/** Many versions of one file, so that packing makes deltas. */
function longHistory(versions: number, at: (version: number) => string): readonly string[] {
  const lines = Array.from({ length: 200 }, (_, line) => `line ${line} of a file that is long enough to be a base\n`)
  return Array.from({ length: versions }, (_, version) => {
    lines[(version * 37) % 200] = `changed in ${version}\n`
    return commit('file.txt', lines.join('') + at(version))
  })
}

async function search(more: Partial<HistoryRequest> = {}) {
  const run = searchHistory({ repository, hit, reach: NEEDLE.length, environment, ...more })
  const blobs: HistoryBlob[] = []
  for await (const blob of run.blobs) blobs.push(blob)
  return { ids: blobs.map(({ oid }) => oid).sort(), blobs, counts: run.counts, problems: run.problems }
}

/** What git itself says about every blob. */
function expected(cwd = repository): { readonly ids: readonly string[]; readonly count: number } {
  const all = git(['cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)'], cwd).split('\n')
  const ids = all.filter((line) => line.endsWith(' blob')).map((line) => line.split(' ')[0] ?? '')
  const held = ids.filter((oid) =>
    spawnSync('git', ['cat-file', 'blob', oid], { cwd, maxBuffer: 2 ** 28 }).stdout.includes(NEEDLE),
  )
  return { ids: held.sort(), count: ids.length }
}

async function sameAsGit(): Promise<void> {
  const { ids, count } = expected()
  expect(ids.length).toBeGreaterThan(3)
  const found = await search()
  expect([found.ids, found.counts.blobs, found.problems]).toEqual([ids, count, []])
  for (const { oid, bytes, size } of found.blobs) {
    const { stdout } = spawnSync('git', ['cat-file', 'blob', oid], { cwd: repository })
    expect([oid, size, Buffer.from(bytes).equals(stdout)]).toEqual([oid, stdout.length, true])
  }
}

const objectFile = (oid: string): string => join(repository, '.git', 'objects', oid.slice(0, 2), oid.slice(2))
const packFile = (): string => {
  const packs = join(repository, '.git', 'objects', 'pack')
  return join(packs, readdirSync(packs).find((name) => name.endsWith('.pack')) ?? '')
}

describe('searching a history', () => {
  it.each(['sha1', 'sha256'])(
    'finds the same loose and packed, and hands out the bytes that git has: %s',
    async (format) => {
      init(`--object-format=${format}`)
      longHistory(30, (version) => (version % 7 === 3 ? `${NEEDLE}\n` : '\n'))
      await sameAsGit()
      git(['repack', '-adfq', '--depth=50'])
      await sameAsGit()
      commit('more.txt', `more ${NEEDLE}`)
      await sameAsGit()
    },
  )

  it('finds what lies across the seam of two copies, whether or not the reach is told', async () => {
    init()
    const filler = Array.from({ length: 400 }, (_, line) => `${line} ${line * 7919} filler\n`)
    const half = NEEDLE.length / 2
    commit(
      'file.txt',
      [
        ...filler.slice(0, 200),
        NEEDLE.slice(0, half),
        ...filler.slice(200, 300),
        NEEDLE.slice(half),
        ...filler.slice(300),
      ].join(''),
    )
    const oid = commit('file.txt', [...filler.slice(0, 200), NEEDLE, ...filler.slice(300)].join(''))
    git(['repack', '-adfq'])
    expect((await search()).ids).toEqual([oid])
    expect((await search({ repository, hit, environment })).ids).toEqual([oid])
  })

  it('finds unreachable blobs, and what reference deltas and appended bases hold', async () => {
    init()
    longHistory(20, () => '\n')
    const lost = git(['hash-object', '-w', '--stdin'], repository, `gone ${NEEDLE}`)
    expect((await search()).ids).toEqual([lost])
    git(['repack', '-adfq', '--keep-unreachable'])
    const held = commit('file.txt', `${readFileSync(join(repository, 'file.txt'), 'utf8')}${NEEDLE}`)
    const thin = execFileSync('git', ['pack-objects', '--revs', '--thin', '--stdout', '-q'], {
      cwd: repository,
      input: 'HEAD\n^HEAD~1\n',
    })
    rmSync(objectFile(held))
    git(['index-pack', '--stdin', '--fix-thin'], repository, thin)
    git(['prune-packed'])
    expect((await search()).ids).toEqual([lost, held].sort())
    expect((await search()).problems).toEqual([])
  })

  it('opens bare repositories, worktrees, git folders and alternates, and reads each blob once', async () => {
    init()
    const ids = [commit('a', NEEDLE), commit('b', `b ${NEEDLE}`)].sort()
    git(['worktree', 'add', '-q', join(folder, 'tree'), '-b', 'other'])
    git(['clone', '-q', '--bare', repository, join(folder, 'bare.git')], folder)
    git(['clone', '-q', '--shared', repository, join(folder, 'shared')], folder)
    for (const name of ['app', 'app/.git', 'tree', 'bare.git', 'shared']) {
      const found = await search({ repository: join(folder, name) })
      expect([name, found.ids, found.counts.blobs, found.problems]).toEqual([name, ids, 2, []])
    }
    rmSync(join(repository, '.git', 'objects'), { recursive: true })
    const { problems } = await search({ repository: join(folder, 'shared') })
    expect(problems.map(({ reason }) => reason)).toEqual(['missing-alternate'])
  })

  it('says that a folder is no repository', async () => {
    mkdirSync(repository)
    expect((await search()).problems).toEqual([
      { at: repository, reason: 'not-a-repository', detail: 'there is no git repository here' },
    ])
  })

  it('says that parts of the history are not on this disk', async () => {
    init()
    longHistory(3, () => NEEDLE)
    git(['config', 'uploadpack.allowFilter', 'true'])
    git(['clone', '-q', '--depth=1', `file://${repository}`, join(folder, 'shallow')], folder)
    git(['clone', '-q', '--bare', '--filter=blob:none', `file://${repository}`, join(folder, 'partial.git')], folder)
    const reasons = async (name: string) =>
      (await search({ repository: join(folder, name) })).problems.map(({ reason }) => reason)
    expect(await reasons('shallow')).toEqual(['shallow-clone'])
    expect(await reasons('partial.git')).toEqual(['partial-clone'])
  })
})

describe('a damaged repository', () => {
  it('reports corrupt loose objects and reads the rest', async () => {
    init()
    const [bad, good] = [commit('a', `a ${NEEDLE}`), commit('b', `b ${NEEDLE}`)]
    chmodSync(objectFile(bad), 0o644)
    const bytes = readFileSync(objectFile(bad))
    bytes[bytes.length - 6] = (bytes.at(-6) ?? 0) ^ 0xff
    writeFileSync(objectFile(bad), bytes)
    const { ids, problems } = await search()
    expect([ids, problems.map(({ oid, reason }) => [oid, reason])]).toEqual([[good], [[bad, 'corrupt']]])
  })

  it('reports a folder of objects that cannot be listed', async () => {
    init()
    commit('a', `a ${NEEDLE}`)
    const packs = join(repository, '.git', 'objects', 'pack')
    rmSync(packs, { recursive: true, force: true })
    // A link to itself cannot be followed, by the administrator either.
    symlinkSync('pack', packs)
    const { ids, problems } = await search()
    expect([ids.length, problems]).toMatchObject([1, [{ at: packs, reason: 'unread' }]])
  })

  it('reports every object of a pack that a damaged byte takes with it, and reads the rest', async () => {
    init()
    longHistory(20, (version) => `${version} ${NEEDLE}`)
    for (let file = 0; file < 20; file++) commit(`other${file}`, `${file} ${NEEDLE} ${file * 31337}`)
    git(['repack', '-adfq'])
    const all = await search()
    const pack = packFile()
    chmodSync(pack, 0o644)
    const bytes = readFileSync(pack)
    const [, offset = '0'] = git(['verify-pack', '-v', pack]).match(/ blob .* (\d+)$/m) ?? []
    const middle = Number(offset) + 20
    for (let at = middle; at < middle + 4; at++) bytes[at] = (bytes[at] ?? 0) ^ 0x5a
    writeFileSync(pack, bytes)
    const { ids, problems } = await search()
    expect(problems.length).toBeGreaterThan(0)
    expect(new Set([...ids, ...problems.map(({ oid }) => oid ?? '')])).toEqual(new Set(all.ids))
    expect(ids.length).toBeGreaterThan(10)
  })

  it('reports what git cannot be asked about where there is no git', async () => {
    init()
    const bad = commit('a', `a ${NEEDLE}`)
    chmodSync(objectFile(bad), 0o644)
    writeFileSync(objectFile(bad), 'no zlib')
    const { problems } = await search({ environment: { PATH: join(folder, 'empty') } })
    expect(problems).toMatchObject([{ oid: bad, reason: 'no-git' }])
  })

  it('reports a pack whose index is damaged, and ignores one without', async () => {
    init()
    commit('a', NEEDLE)
    git(['repack', '-adq'])
    const index = packFile().replace(/pack$/, 'idx')
    chmodSync(index, 0o644)
    writeFileSync(index, readFileSync(index).subarray(0, 500))
    expect((await search()).problems).toMatchObject([{ at: packFile(), reason: 'unread' }])
    unlinkSync(index)
    expect((await search()).problems).toEqual([])
  })
})

describe('a repository that means harm', () => {
  it('starts nothing and fetches nothing, even when git has to be asked', async () => {
    init()
    const bad = commit('a', `a ${NEEDLE}`)
    const marker = join(folder, 'ran')
    const run = `touch ${marker}`
    for (const [name, value] of [
      ['core.fsmonitor', run],
      ['core.sshCommand', run],
      ['core.pager', run],
      ['core.hooksPath', join(folder, 'hooks')],
      ['alias.cat-file', `!${run}`],
      ['diff.external', run],
      ['filter.x.smudge', run],
      ['filter.x.process', run],
      ['diff.x.textconv', run],
      ['remote.origin.url', `ext::sh -c "${run}"`],
      ['remote.origin.promisor', 'true'],
      ['extensions.partialClone', 'origin'],
      ['protocol.ext.allow', 'always'],
      ['protocol.allow', 'always'],
      ['credential.helper', `!${run}`],
    ])
      git(['config', name ?? '', value ?? ''])
    git(['config', 'core.repositoryFormatVersion', '1'])
    writeFileSync(join(repository, '.gitattributes'), '* filter=x diff=x\n')
    chmodSync(objectFile(bad), 0o644)
    writeFileSync(objectFile(bad), 'no zlib')
    const { problems } = await search()
    expect(problems.map(({ reason, oid }) => [reason === 'partial-clone', oid])).toEqual([
      [true, undefined],
      [false, bad],
    ])
    expect(existsSync(marker)).toBe(false)
  })
})

describe('the second run', () => {
  const open = () => openScanCache(nodeFiles(), join(folder, 'state', 'scan-cache'), 'detectors 1')

  it('reads only what is new, and what was not empty', async () => {
    init()
    const held = longHistory(20, (version) => (version === 4 ? NEEDLE : ''))[4]
    git(['repack', '-adfq'])
    const first = await open()
    expect((await search({ cache: first })).counts).toMatchObject({ blobs: 20, packsKnown: 0 })
    await first.save()
    const second = await open()
    const again = await search({ cache: second })
    expect([again.ids, again.counts.blobs, again.counts.packsKnown]).toEqual([[held], 1, 1])
    commit('new', `new ${NEEDLE}`)
    expect((await search({ cache: second })).counts.blobs).toBe(2)
  })

  it('still reads what was not empty when one of two packs that hold it is gone', async () => {
    init()
    const held = commit('file.txt', NEEDLE)
    git(['repack', '-adq'])
    const first = packFile()
    writeFileSync(`${first.slice(0, -'pack'.length)}keep`, '')
    const name = git(['pack-objects', '-q', '.git/objects/pack/pack'], repository, `${held}\n`)
    const cache = await open()
    expect((await search({ cache })).counts).toMatchObject({ blobs: 1, packsKnown: 0 })
    for (const path of [first, join(repository, '.git', 'objects', 'pack', `pack-${name}.pack`)]) {
      const other = `${path}.away`
      renameSync(path, other)
      expect([path, (await search({ cache })).ids]).toEqual([path, [held]])
      renameSync(other, path)
    }
  })

  it('reads nothing again after a repack, and nothing of what a closer look found empty', async () => {
    init()
    const held = longHistory(10, (version) => (version === 4 ? NEEDLE : ''))[4] ?? ''
    git(['repack', '-adfq'])
    const cache = await open()
    await search({ cache })
    commit('new', 'nothing')
    git(['repack', '-adfq'])
    expect((await search({ cache })).counts).toMatchObject({ blobs: 2, packsKnown: 0 })
    cache.addBlob(Buffer.from(held, 'hex'), 0)
    expect((await search({ cache })).counts).toMatchObject({ blobs: 0, packsKnown: 1 })
  })
})
