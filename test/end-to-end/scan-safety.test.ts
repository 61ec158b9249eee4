import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPassword } from '../support/synthetic-secrets.ts'

const MAIN = resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
const SET_PRIVILEGES = '/usr/bin/setpriv'
/** Root reads everything; without these two capabilities it reads what its own permissions say, as everybody does. */
const AS_ANYBODY = [SET_PRIVILEGES, '--bounding-set=-dac_override,-dac_read_search']

let folder = ''
let home = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-safety-')))
  home = mkdtempSync(join(tmpdir(), 'keyturn-safety-home-'))
})
afterEach(() => {
  for (const one of [folder, home]) rmSync(one, { recursive: true, force: true })
})

const entry = (secret = appPassword()): string => `machine bitbucket.org login alice password ${secret}\n`

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

interface Found {
  readonly exitCode: number
  /** Paths below the folder. */
  readonly places: readonly string[]
  readonly unread: readonly (readonly [at: string, detail: string])[]
  readonly stderr: string
  /** Most memory that it held, as far as Linux was asked in time; 0 elsewhere. */
  readonly peakBytes: number
}

function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return 1024 * Number(kilobytes)
  } catch {
    return 0
  }
}

/** The real command, over everything in the folder; it is ended before its test is, also on a busy machine. */
function scanned(args: readonly string[] = ['.'], before: readonly string[] = []): Promise<Found> {
  const [command = '', ...rest] = [...before, process.execPath, MAIN, 'scan', ...args, '--json']
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8' }
  const child = spawn(command, rest, { cwd: folder, env, timeout: 110_000 })
  child.stdin.end()
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  let peakBytes = 0
  const watch = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid))), 100)
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code, signal) => {
      clearInterval(watch)
      const stderr = Buffer.concat(err).toString()
      if (code === null) return failed(new Error(`ended by ${signal}: ${stderr}`))
      const document = JSON.parse(Buffer.concat(out).toString())
      const places = document.places.map(({ path }: { readonly path: string }) => path).sort()
      const unread = document.unread.map(({ at, detail }: { readonly at: string; readonly detail: string }) => [
        at,
        detail,
      ])
      done({ exitCode: code, places, unread, stderr, peakBytes })
    })
  })
}

describe('keyturn in the folder that is scanned', () => {
  it('does not take its own code for credentials', async () => {
    put('package/.netrc', entry())
    const installed = join(folder, 'package', 'node_modules', 'keyturn', 'dist')
    cpSync(dirname(dirname(MAIN)), installed, { recursive: true, filter: (path) => !path.endsWith('.map') })
    put('package/node_modules/keyturn/dist/.netrc', entry())
    const found = (name: string): readonly string[] => {
      put('package/node_modules/keyturn/package.json', JSON.stringify({ name, type: 'module' }))
      const args = [join(installed, 'cli', 'main.js'), 'scan', 'package', '--json']
      const env = { PATH: process.env['PATH'] ?? '', HOME: home }
      // What is no secret of keyturn's code, and looks like a token, is told as not read (exit code 5).
      const { places } = JSON.parse(spawnSync(process.execPath, args, { cwd: folder, env }).stdout.toString())
      return places.map(({ path }: { readonly path: string }) => path)
    }
    expect(found('keyturn')).toEqual(['.netrc'])
    // A program that it was bundled into is read like any other.
    expect(found('theirs')).toContain('node_modules/keyturn/dist/.netrc')
  }, 60_000)
})

describe('links', () => {
  it('that leave the scanned folder are said and not followed; those inside are read once', async () => {
    const secret = put('outside/.netrc', entry())
    put('in/real/.netrc', entry())
    symlinkSync(secret, join(folder, 'in', '.netrc'))
    symlinkSync(join(folder, 'outside'), join(folder, 'in', 'away'))
    symlinkSync('real', join(folder, 'in', 'again'))
    symlinkSync('nowhere', join(folder, 'in', '_netrc'))
    expect(await scanned(['in'])).toMatchObject({
      exitCode: 5,
      places: ['real/.netrc'],
      unread: [
        ['.netrc', 'a symbolic link that leaves the scanned folder'],
        ['_netrc', 'a symbolic link that leads nowhere'],
        ['away', 'a symbolic link that leaves the scanned folder'],
      ],
    })
  })

  it('that make a circle end', async () => {
    put('a/b/.netrc', entry())
    symlinkSync('../..', join(folder, 'a', 'b', 'up'))
    symlinkSync('two', join(folder, 'one'))
    symlinkSync('one', join(folder, 'two'))
    symlinkSync('.', join(folder, 'a', 'self'))
    expect(await scanned()).toMatchObject({ exitCode: 0, places: ['a/b/.netrc'], unread: [] })
  })
})

describe('what is no file', () => {
  it('blocks nothing, and is said where a name promises credentials: a FIFO, a socket, a device, a folder', async () => {
    put('z/.netrc', entry())
    for (const name of ['a', 'b', 'c', 'd', 'e']) mkdirSync(join(folder, name))
    execFileSync('mkfifo', [join(folder, 'a', '.netrc'), join(folder, 'a', 'other')])
    mkdirSync(join(folder, 'c', '.netrc'))
    const server = createServer().listen(join(folder, 'b', '.netrc'))
    const isRoot = process.getuid?.() === 0
    if (isRoot) execFileSync('mknod', [join(folder, 'd', '.netrc'), 'c', '1', '5'])
    else symlinkSync('/dev/zero', join(folder, 'd', '.netrc'))
    try {
      const { exitCode, places, unread } = await scanned(['.', '--git-history', '--archives'])
      expect([exitCode, places]).toEqual([5, ['z/.netrc']])
      expect(unread.map(([at]) => at).sort()).toEqual(['a/.netrc', 'b/.netrc', 'd/.netrc'])
    } finally {
      server.close()
    }
  })

  it('is said when it is named by hand', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const { exitCode, unread } = await scanned(['pipe'])
    expect([exitCode, unread.length]).toEqual([5, 1])
  })
})

describe('what may not be read', () => {
  const canDrop = process.getuid?.() !== 0 || existsSync(SET_PRIVILEGES)
  if (!canDrop) console.warn(`SKIPPED: root reads everything, and there is no ${SET_PRIVILEGES} to take that away`)

  it.skipIf(!canDrop)('is said, file and folder, and the rest is read', async () => {
    put('closed/.netrc', entry())
    put('open/.netrc', entry())
    chmodSync(put('file/.netrc', entry()), 0o000)
    chmodSync(join(folder, 'closed'), 0o000)
    try {
      const found = await scanned(['.'], process.getuid?.() === 0 ? AS_ANYBODY : [])
      expect(found).toMatchObject({
        exitCode: 5,
        places: ['open/.netrc'],
        unread: [
          ['closed', 'permission denied'],
          ['file/.netrc', 'permission denied'],
        ],
      })
    } finally {
      chmodSync(join(folder, 'closed'), 0o700)
    }
  })
})

/** Removes a file, puts another one in its place, makes it longer, or takes its name away. */
function disturb(path: string, how: number): void {
  if (how === 0) rmSync(path, { force: true })
  else if (how === 1) writeFileSync(path, entry())
  else if (how === 2) appendFileSync(path, '# more\n'.repeat(1000))
  else if (existsSync(path)) renameSync(path, `${path}.other`)
}

describe('files that do not hold still', () => {
  it('are read or said, and no other file is lost', async () => {
    for (let number = 0; number < 3000; number++)
      put(`still/${number}/.netrc`, number % 100 === 0 ? entry() : 'nothing\n')
    const moving = Array.from({ length: 40 }, (_, number) => put(`moving/${number}/.netrc`, entry()))
    const scan = scanned()
    let isOver = false
    const end = (): void => {
      isOver = true
    }
    scan.then(end, end)
    for (let turn = 0; !isOver; turn++) {
      disturb(moving[turn % moving.length] ?? '', turn % 4)
      await new Promise(setImmediate)
    }
    const { exitCode, places, unread, stderr } = await scan
    expect(places.filter((path) => path.startsWith('still/'))).toHaveLength(30)
    expect(unread.every(([at]) => at.startsWith('moving/'))).toBe(true)
    expect([exitCode, stderr]).toEqual([unread.length > 0 ? 5 : 0, ''])
  })

  it('are said when they vanish before they are read', async () => {
    const list = put('list', '.netrc\0gone/.netrc\0')
    put('.netrc', entry())
    const found = await scanned(['--files-from', list])
    expect([found.exitCode, found.places, found.unread.map(([at]) => at)]).toEqual([5, ['.netrc'], ['gone/.netrc']])
  })
})

describe('bytes that no text has', () => {
  it('hide nothing that stands beside them', async () => {
    const bad = Buffer.from([0x23, 0xff, 0xfe, 0x80, 0x00, 0x0a])
    const comment = Buffer.from([0x23, 0xff, 0xfe, 0x80, 0xc3, 0x0a])
    put('.netrc', Buffer.concat([comment, Buffer.from(entry()), comment]))
    put('x.env', Buffer.concat([bad, Buffer.from(`BITBUCKET_APP_PASSWORD=${appPassword()}\n`)]))
    expect(await scanned()).toMatchObject({ exitCode: 0, places: ['.netrc', 'x.env'] })
  })

  it('in names are no obstacle: line feeds, escape sequences, no UTF-8, and no terminal is steered', async () => {
    put('a\nb/.netrc', entry())
    put('\u001b[31mred/.netrc', entry())
    const odd = Buffer.concat([Buffer.from(folder), Buffer.from([0x2f, 0xff, 0xfe])])
    mkdirSync(odd)
    writeFileSync(Buffer.concat([odd, Buffer.from('/.netrc')]), entry())
    const found = await scanned()
    expect([found.exitCode, found.places.length, found.unread]).toEqual([0, 3, []])
    const env = { PATH: process.env['PATH'] ?? '', HOME: home }
    const screen = execFileSync(process.execPath, [MAIN, 'scan', '.'], { cwd: folder, env }).toString()
    expect(screen).not.toMatch(/\u001b|^b\//m)
    expect(screen).toContain('in 3 places')
  })
})

describe('size', () => {
  it('beyond what 32 bits count is searched, in little memory, and what is too large to read is said', async () => {
    const [limit, size] = [2 ** 32, 2 ** 32 + 2 ** 26]
    const file = openSync(join(folder, 'disk.img'), 'w')
    ftruncateSync(file, size)
    const text = Buffer.from(entry())
    writeSync(file, text, 0, text.length, limit + 2 ** 25)
    closeSync(file)
    put('.netrc', entry())
    const found = await scanned()
    expect(found).toMatchObject({
      exitCode: 5,
      places: ['.netrc'],
      unread: [['disk.img', expect.stringContaining(`${size} bytes`)]],
    })
    expect(found.peakBytes).toBeLessThan(300 * 1024 ** 2)
  }, 120_000)

  it('of machine code, or of anything else that no shell reads, does not fill the memory', async () => {
    const url = `https://alice:${appPassword()}@bitbucket.org/acme/app.git`
    // Quotes and brackets that nobody closes, as chance has them.
    const chance = (length: number, isText: boolean): string => {
      const letters = isText ? ' \n"\'`$(){}<>|;&\\=:azAZ09%#' : '\0\x01\n"\'`$(){}<>|;&\\=:azAZ09%#\xff'
      let [state, text] = [1, '']
      for (let at = 0; at < length; at++) {
        state = (state * 1103515245 + 12345) % 2 ** 31
        text += letters.charAt((state >> 8) % letters.length)
      }
      return text.repeat(24)
    }
    put('bin/program', Buffer.from(`\x7fELF\0\0${chance(1_000_000, false)}BITBUCKET_BUILD\0${url}\0`, 'latin1'))
    put('bin/dump', Buffer.from(`${chance(1_000_000, true)}BITBUCKET_BUILD ${url} `, 'latin1'))
    const found = await scanned()
    expect(found.places).toEqual(['bin/dump', 'bin/program'])
    expect(found.peakBytes).toBeLessThan(400 * 1024 ** 2)
  }, 120_000)

  it('of one line of a megabyte is no matter', async () => {
    put('.netrc', `machine example.org login a password ${'x'.repeat(1024 * 1024)} ${entry()}`)
    put(
      'a.min.js',
      `${'var a="b";'.repeat(100_000)}fetch("https://alice:${appPassword()}@bitbucket.org/")${';c()'.repeat(50_000)}`,
    )
    put(
      'one-line.json',
      JSON.stringify({ filler: 'y'.repeat(900_000), url: `https://alice:${appPassword()}@bitbucket.org/a/b.git` }),
    )
    expect(await scanned()).toMatchObject({ exitCode: 0, places: ['.netrc', 'a.min.js', 'one-line.json'] })
  })
})

describe('a hundred thousand levels', () => {
  const LEVELS = 100_000
  const url = (): string => `https://alice:${appPassword()}@bitbucket.org/acme/app.git`

  it.each([
    ['json', 'deep.json', () => `${'['.repeat(LEVELS)}"${url()}"${']'.repeat(LEVELS)}`],
    ['json objects', 'deep.json', () => `${'{"a":'.repeat(LEVELS)}"${url()}"${'}'.repeat(LEVELS)}`],
    ['yaml, in flow', 'deep.yaml', () => `${'['.repeat(LEVELS)}"${url()}"${']'.repeat(LEVELS)}`],
    ['yaml, dashes', 'deep.yaml', () => `${'- '.repeat(LEVELS)}"${url()}"\n`],
    ['xml', 'deep.xml', () => `${'<a>'.repeat(LEVELS)}${url()}${'</a>'.repeat(LEVELS)}`],
    ['xml of a Jenkins', 'config.xml', () => `${'<a>'.repeat(LEVELS)}${url()}${'</a>'.repeat(LEVELS)}`],
    ['toml', 'deep.toml', () => `a = ${'['.repeat(LEVELS)}"${url()}"${']'.repeat(LEVELS)}\n`],
    ['hcl', 'deep.tf', () => `a = ${'['.repeat(LEVELS)}"${url()}"${']'.repeat(LEVELS)}\n`],
    ['shell', 'deep.sh', () => `${'$('.repeat(LEVELS)}curl ${url()}${')'.repeat(LEVELS)}\n`],
    ['groovy', 'Jenkinsfile', () => `${'{'.repeat(LEVELS)} sh "curl ${url()}" ${'}'.repeat(LEVELS)}\n`],
  ] as const)('of %s are read', async (_, name, text) => {
    put(name, text())
    const { places, exitCode, unread } = await scanned()
    expect([places.length, exitCode, unread]).toEqual([1, 0, []])
  })

  it('of folders are walked as far as the system allows', async () => {
    const depth = 1500
    let path = Buffer.from(folder)
    for (let level = 0; level < depth && path.length < 4000; level++) {
      path = Buffer.concat([path, Buffer.from('/d')])
      mkdirSync(path)
    }
    put('.netrc', entry())
    writeFileSync(Buffer.concat([path, Buffer.from('/.netrc')]), entry())
    const { places, exitCode } = await scanned()
    expect([places.length, exitCode]).toEqual([2, 0])
  })
})

describe('archives in archives', () => {
  it('are opened so far, and what lies deeper is said', async () => {
    const nested = (levels: number): Uint8Array => {
      let bytes: Uint8Array = Buffer.from(entry())
      for (let level = 0; level < levels; level++) bytes = gzipSync(bytes)
      return bytes
    }
    const zipped = (levels: number): Uint8Array => {
      let bytes = zipSync({ '.netrc': Buffer.from(entry()) })
      for (let level = 1; level < levels; level++) bytes = zipSync({ 'inner.zip': bytes })
      return bytes
    }
    put('deep.zip', zipped(60))
    put('few.zip', zipped(3))
    put('.netrc.gz', nested(1))
    put('many.gz', nested(200))
    const { places, exitCode, unread } = await scanned(['.', '--archives'])
    expect(places).toEqual(['.netrc.gz!.netrc', 'few.zip!inner.zip!inner.zip!.netrc'])
    expect([exitCode, unread.map(([at]) => at.split('!')[0])]).toEqual([5, ['deep.zip', 'many.gz']])
  })
})
