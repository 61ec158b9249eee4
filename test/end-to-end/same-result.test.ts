import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCorpus, writeCorpus } from '../corpus/generate.ts'
import { type Ended, keyturn } from '../support/keyturn-process.ts'
import { appPassword } from '../support/synthetic-secrets.ts'

const LIBRARY = resolve(import.meta.dirname, '../../dist/index.js')

/** A scan in a process of its own: folders, archives and git history with as many threads as are asked for. */
const SCAN = `
  import { openKeyturn } from ${JSON.stringify(pathToFileURL(LIBRARY).href)}
  const [path, home, threads] = process.argv.slice(2)
  const keyturn = await openKeyturn({ environment: process.env, home })
  const found = await keyturn.scan({ paths: [path], history: true, archives: true, threads: Number(threads) })
  process.stdout.write(JSON.stringify(found))`

let folder = ''
let files = ''
let alone = ''

beforeAll(async () => {
  if (!existsSync(LIBRARY)) throw new Error('dist/ is missing: run `npm run build` first')
  folder = mkdtempSync(join(tmpdir(), 'keyturn-same-'))
  files = join(folder, 'files')
  makeFiles(files)
  writeFileSync(join(folder, 'scan.mjs'), SCAN)
  alone = await scanned(1)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A part of the corpus, some of it also in archives, and some only in the history of a repository. */
function makeFiles(root: string): void {
  const corpus = makeCorpus('same result')
  const part = { ...corpus, files: corpus.files.filter((_, index) => index % 16 === 0) }
  writeCorpus(part, root)
  for (const [index, start] of [0, 30, 60].entries()) {
    const members = part.files.slice(start, start + 20).map(({ path, bytes }) => [path, new Uint8Array(bytes)] as const)
    writeFileSync(join(root, `backup-${index}.zip`), zipSync({ ...Object.fromEntries(members), 'a.txt': strToU8('a') }))
  }
  const repository = join(root, 'repository')
  mkdirSync(repository)
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: root,
        GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
        GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
      },
      stdio: 'ignore',
    })
  git('init', '--quiet')
  writeCorpus({ ...corpus, files: part.files.slice(100, 130) }, repository)
  git('add', '--all', '--force')
  git('commit', '--quiet', '--message', 'one')
  git('rm', '-r', '--quiet', '.')
  git('commit', '--quiet', '--message', 'two')
  git('gc', '--quiet')
}

function scanned(threads: number, flags: readonly string[] = []): Promise<string> {
  return new Promise((done, failed) => {
    const args = [...flags, join(folder, 'scan.mjs'), files, join(folder, 'state'), String(threads)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, problems]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => problems.push(chunk))
    child.on('error', failed)
    child.on('close', (code) => {
      if (code === 0) done(Buffer.concat(out).toString())
      else failed(new Error(`${code}: ${Buffer.concat(problems).toString().slice(0, 2000)}`))
    })
  })
}

/** Runs `act` while more processes want a core than there are. */
async function whileBusy<Result>(act: () => Promise<Result>): Promise<Result> {
  // They end by themselves, if this process should not.
  const spin = 'const end = Date.now() + 60_000; while (Date.now() < end);'
  const busy: ChildProcess[] = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--eval', spin], { stdio: 'ignore' }),
  )
  try {
    return await act()
  } finally {
    for (const child of busy) child.kill('SIGKILL')
  }
}

/** Of the heap of a thread; what is read and searched lies outside of it. */
const TIGHT = ['--max-old-space-size=40', '--max-semi-space-size=1']

describe('a scan of folders, archives and history', () => {
  it('finds places of each kind, so that there is something to compare', () => {
    const { places } = JSON.parse(alone)
    const kinds = places.map(({ buried }: { readonly buried?: { readonly kind: string } }) => buried?.kind ?? 'file')
    for (const kind of ['file', 'archive', 'history'])
      expect(kinds.filter((one: string) => one === kind).length, kind).toBeGreaterThan(20)
  })

  it.each([2, 8])('gives the same bytes with %i threads', async (threads) => {
    expect(await scanned(threads)).toBe(alone)
  })

  it('and while every core is busy', async () => {
    expect(await whileBusy(() => scanned(8))).toBe(alone)
  })

  it('and with little memory', async () => {
    expect(await scanned(8, TIGHT)).toBe(alone)
  })
})

describe('the command', () => {
  const scan = (): Promise<string> =>
    keyturn({ args: ['scan', files, '--json', '--home', join(folder, 'state')], folder }).then(({ stdout }) => stdout)

  it('prints the same, whether the machine is busy or not', async () => {
    const calm = await scan()
    expect(calm.length).toBeGreaterThan(50_000)
    expect(await whileBusy(scan)).toBe(calm)
  })
})

/** A folder with a repository, and a home of keyturn, for one test: they wait at the same time. */
interface Case {
  readonly root: string
  readonly home: string
  readonly netrc: string
  git(...args: readonly string[]): unknown
}

function makeCase(name: string): Case {
  const root = join(folder, 'second', name, 'root')
  const app = join(root, 'app')
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-C', app, '-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      env: { PATH: process.env['PATH'], HOME: folder },
      stdio: 'ignore',
    })
  mkdirSync(app, { recursive: true })
  git('init', '--quiet')
  writeFileSync(join(app, 'notes.txt'), entry(appPassword()))
  git('add', '.')
  git('commit', '--quiet', '--message', 'one')
  rmSync(join(app, 'notes.txt'))
  writeFileSync(join(app, '.netrc'), entry(appPassword()))
  return { root, home: join(folder, 'second', name, 'home'), netrc: join(app, '.netrc'), git }
}

const entry = (secret: string): string => `machine bitbucket.org login alice password ${secret}\n`
const FLAGS = ['--git-history', '--incremental']
/** What changed within two seconds is not kept. */
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 2_500))

const CHANGES: readonly (readonly [what: string, change: (one: Case) => void])[] = [
  [
    'a secret that is changed where it stands, its date kept',
    ({ netrc }) => {
      const { atime, mtime } = statSync(netrc)
      writeFileSync(netrc, entry(appPassword()))
      utimesSync(netrc, atime, mtime)
    },
  ],
  ['a ref that is new', ({ git }) => git('branch', 'other')],
  [
    'an object and a commit that are new',
    ({ git }) => {
      git('add', '.')
      git('commit', '--quiet', '--message', 'two')
    },
  ],
  ['a permission', ({ netrc }) => chmodSync(netrc, 0o640)],
  ['a file that goes', ({ netrc }) => rmSync(netrc)],
  ['another key of the installation', ({ home }) => rmSync(join(home, 'config'), { recursive: true })],
]

describe.concurrent('a second scan', () => {
  const cases = new Map<string, Case>()
  const names = ['same', 'vault', 'variables', 'options', 'unread', ...CHANGES.map(([what]) => what)]
  const caseOf = (name: string): Case => {
    const one = cases.get(name)
    if (one === undefined) throw new Error(`nothing was made for ${name}`)
    return one
  }
  const scanIn = ({ root, home }: Case, environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    keyturn({ args: ['scan', root, '--json', '--home', home, ...args], folder, environment })
  const scan = (one: Case, ...args: readonly string[]): Promise<Ended> => scanIn(one, {}, ...args)
  const printed = ({ home }: Case): string => join(home, 'cache', 'printed')
  /** Inodes: what is printed anew is kept anew. */
  const kept = (one: Case): string =>
    existsSync(printed(one))
      ? readdirSync(printed(one))
          .map((name) => `${name} ${statSync(join(printed(one), name)).ino}`)
          .sort()
          .join()
      : ''

  async function remembered(one: Case): Promise<Ended> {
    const first = await scan(one, ...FLAGS)
    expect([first.exitCode, first.stderr, kept(one)]).toEqual([0, '', expect.stringMatching(/^[0-9a-f]{32} \d+/)])
    return first
  }

  beforeAll(async () => {
    for (const name of names) cases.set(name, makeCase(name))
    const { root } = caseOf('unread')
    symlinkSync(join(root, '..'), join(root, 'away'))
    await settled()
  })

  it('of what has not changed prints the same bytes, and does not look again', async () => {
    const one = caseOf('same')
    const first = await remembered(one)
    expect(JSON.parse(first.stdout).places).toHaveLength(2)
    const before = kept(one)
    expect([await scan(one, ...FLAGS), kept(one)]).toEqual([first, before])
    expect(await scan(one, ...FLAGS, '--no-cache')).toEqual(first)
    // No secret is kept, and no name can be read.
    const texts = readdirSync(printed(one)).map((name) => readFileSync(join(printed(one), name), 'latin1'))
    expect(texts.join()).not.toMatch(/ATBB|alice|bitbucket/)
  })

  it.each(CHANGES)('sees %s', async (what, change) => {
    const one = caseOf(what)
    await remembered(one)
    const before = kept(one)
    change(one)
    await settled()
    const second = await scan(one, ...FLAGS)
    expect(second).toEqual(await scan(one, ...FLAGS, '--no-cache'))
    // It may well print the same; that it looked again is seen by what is kept anew.
    expect(kept(one)).toMatch(/^[0-9a-f]{32} \d+/)
    expect(kept(one)).not.toBe(before)
  })

  it('with a password for Ansible Vault depends on its file, so it is neither taken from an earlier scan nor kept', async () => {
    const one = caseOf('vault')
    const first = await remembered(one)
    const before = kept(one)
    const program = join(folder, 'vault-password')
    writeFileSync(program, '#!/bin/sh\n')
    const refused = await scanIn(one, { ANSIBLE_VAULT_PASSWORD_FILE: program }, ...FLAGS)
    expect([refused.exitCode, refused.stdout]).toEqual([2, expect.stringContaining('a program that prints')])
    writeFileSync(program, 'open sesame\n')
    const opened = await scanIn(one, { ANSIBLE_VAULT_PASSWORD_FILE: program }, ...FLAGS)
    expect([opened, kept(one)]).toEqual([first, before])
  })

  it('with other variables for git is another scan', async () => {
    const one = caseOf('variables')
    await remembered(one)
    await scanIn(one, { GIT_CONFIG_COUNT: '0' }, ...FLAGS)
    expect(kept(one).split(',')).toHaveLength(2)
  })

  it('with other options is another scan', async () => {
    const one = caseOf('options')
    const first = await remembered(one)
    const others = [await scan(one, '--git-history'), await scan(one, '--incremental'), await scan(one)]
    const all = others.map(({ stdout }) => JSON.parse(stdout).places.length)
    expect([JSON.parse(first.stdout).places.length, ...all]).toEqual([2, 2, 1, 1])
  })

  it('is not kept when not all could be read', async () => {
    const one = caseOf('unread')
    const first = await scan(one, ...FLAGS)
    expect([first.exitCode, kept(one)]).toEqual([5, ''])
  })
})
