import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyturn } from '../support/keyturn-process.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'

const MAIN = resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-command-line-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = (...args: readonly string[]) => keyturn({ args, folder })

describe('a result that is piped into a program that stops reading', () => {
  const CLONES = 400

  /** Larger than a pipe holds, so that the rest meets a closed pipe. */
  async function writeManyClones(): Promise<void> {
    for (let number = 0; number < CLONES; number++) {
      const git = join(folder, 'clones', `c${number}`, '.git')
      await mkdir(git, { recursive: true })
      const url = `https://alice:${appPassword()}@bitbucket.org/acme/c${number}.git`
      await writeFile(join(git, 'config'), `[remote "origin"]\n\turl = ${url}\n`)
    }
  }

  function firstChunkOnly(
    args: readonly string[],
  ): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
    return new Promise((done, failed) => {
      const environment = { PATH: process.env['PATH'] ?? '', HOME: folder }
      const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: environment })
      let stderr = ''
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk
      })
      child.stdout.once('data', () => child.stdout.destroy())
      child.on('error', failed)
      child.on('close', (exitCode) => done({ exitCode, stderr }))
    })
  }

  it('ends quietly, as `keyturn scan | head` should', async () => {
    await writeManyClones()
    expect(await firstChunkOnly(['scan', 'clones', '--json'])).toEqual({ exitCode: 0, stderr: '' })
  })
})

describe('a run whose standard error nobody reads any more', () => {
  it('comes to its end all the same', async () => {
    const entry = (name: string): string => `machine bitbucket.org login ${name} password ${appPassword()}\n`
    await writeFile(join(folder, '.netrc'), entry('alice') + entry('bob'))
    await keyturn({ args: ['token', 'add', 'ci', '--offline'], folder, input: apiToken() })
    await run('plan', '.netrc', '--token', 'ci', '--offline', '-o', 'plan.json')
    expect((await run('apply', 'plan.json', '--canary', '1')).exitCode).toBe(3)
    const child = spawn(process.execPath, [MAIN, 'apply', '--resume'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.destroy()
    expect(await new Promise((done) => child.on('close', done))).toBe(3)
    const { runs } = JSON.parse((await run('runs', '--json')).stdout)
    expect(runs).toMatchObject([{ outcome: 'applied', changed: 2 }])
  })
})

describe('a netrc entry without a password', () => {
  it('is no URL that names a username, and no plan takes its login away', async () => {
    await writeFile(join(folder, '.netrc'), 'machine bitbucket.org login alice\n')
    const secret = appPassword()
    await writeFile(join(folder, '.git-credentials'), `https://alice:${secret}@bitbucket.org\n`)
    const { pins } = JSON.parse((await run('scan', '.', '--json')).stdout)
    await run('plan', '.', '--offline', '-o', 'plan.json')
    const { steps } = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'))
    const consumers = steps.map((step: { place: { consumer: string } }) => step.place.consumer)
    expect({ pins, consumers }).toEqual({ pins: [], consumers: ['git-credentials'] })
  })
})

describe('a credential that no job was seen to be given', () => {
  const made = async (): Promise<string> => {
    const login = `{ id: bitbucket, username: alice, password: ${appPassword()} }`
    const casc =
      'credentials: { system: { domainCredentials: [ { credentials: [ { usernamePassword: LOGIN } ] } ] } }\n'
    await writeFile(join(folder, 'jenkins.yaml'), casc.replace('LOGIN', login))
    await keyturn({
      args: ['token', 'add', 'ci', '--email', 'alice@acme.example', '--offline'],
      folder,
      input: apiToken(),
    })
    return 'jenkins.yaml'
  }
  const planned = async (...args: readonly string[]) => {
    const { stdout } = await run('plan', await made(), '--offline', '--json', ...args)
    const { steps, manual } = JSON.parse(stdout)
    return { usernames: steps.map((step: { to: { username: unknown } }) => step.to.username), manual }
  }

  it('is left to a person, for Branch Source and git want different usernames', async () => {
    const { usernames, manual } = await planned()
    expect({ usernames, manual }).toMatchObject({
      usernames: [],
      manual: [{ wayOut: expect.stringMatching(/--use .*branch-source/) }],
    })
  })

  it.each([
    ['branch-source', { set: 'alice@acme.example' }],
    ['rest', { set: 'alice@acme.example' }],
    ['git', { set: 'x-bitbucket-api-token-auth' }],
  ])('is planned once a person says that it is for %s', async (use, username) => {
    const { usernames, manual } = await planned('--use', `jenkins.yaml=${use}`)
    expect({ usernames, manual }).toEqual({ usernames: [username], manual: [] })
  })

  it('is asked for by a name that stands for a place', async () => {
    await made()
    const { exitCode, stderr } = await run('plan', 'jenkins.yaml', '--offline', '--use', 'casc.yaml=git')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--use casc.yaml') })
  })
})

describe('wrong usage', () => {
  it('is one JSON document with --json too', async () => {
    const { stdout, exitCode } = await run('scan', '--json', '--no-such-option')
    expect({ exitCode, schema: JSON.parse(stdout).schema }).toEqual({ exitCode: 2, schema: 'keyturn/error/1' })
  })

  it('includes a canary that is no number, which would never pause', async () => {
    expect(await run('apply', '--canary', 'many')).toMatchObject({ exitCode: 2 })
  })
})

describe('the code of a diagnosis', () => {
  it('may be typed in lower case', async () => {
    expect(await run('doctor', '--explain', 'd105', '--json')).toEqual(
      await run('doctor', '--explain', 'D105', '--json'),
    )
  })

  it('is looked up where all of them stand', async () => {
    expect((await run('doctor', '--explain', 'D999')).stderr).toContain('docs/decision-table.md')
  })
})

describe('a screen of 80 columns', () => {
  it('holds the scan of a home with clones', async () => {
    const git = join(folder, 'clones', 'documentation', '.git')
    await mkdir(git, { recursive: true })
    const url = `https://alice:${appPassword()}@bitbucket.org/acme/documentation.git`
    await writeFile(join(git, 'config'), `[remote "origin"]\n\turl = ${url}\n`)
    const { stdout } = await run('scan', '.')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('holds the explanation of a diagnosis', async () => {
    const { stdout } = await run('doctor', '--explain', 'D101')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})

describe('the command that an error tells to type next', () => {
  it('is one that does what it says: a plan out of date is planned anew with its own folders', async () => {
    await writeFile(join(folder, '.netrc'), `machine bitbucket.org login alice password ${appPassword()}\n`)
    const { stderr } = await run('apply')
    expect(stderr).toContain('keyturn plan PATH')
    await run('plan', '.', '--offline')
    const waiting = await run('apply', '--yes')
    expect(waiting.stderr).toContain('error R203')
    expect(waiting.stderr.trimEnd()).toMatch(/keyturn plan \S+$/)
  })
})

describe('a file that holds an older plan', () => {
  const planned = (name: string) => run('plan', '.netrc', '--offline', '-o', name)
  beforeEach(() => writeFile(join(folder, '.netrc'), `machine bitbucket.org login alice password ${appPassword()}\n`))

  it.each([
    ['plan.json', (text: string) => text.replace('"wave": 1', '"wave": 0')],
    ['plan.yaml', (text: string) => `# reviewed\n\n${text.replace('wave: 1', 'wave: 0')}`],
    ['plan.yaml', (text: string) => `\uFEFF---\r\n${text.replaceAll('\n', '\r\n').replace('wave: 1', 'wave: 0')}`],
  ])(
    'is replaced, also where it was edited beyond the limits and apply said to make it again: %s',
    async (name, edit) => {
      await planned(name)
      const path = join(folder, name)
      const edited = edit(await readFile(path, 'utf8'))
      await writeFile(path, edited)
      const refused = await run('apply', name)
      expect(refused.stderr).toContain(`keyturn plan PATH -o ${name}`)
      expect((await planned(name)).stderr).toBe('')
      expect((await run('apply', name)).stderr).not.toContain('R202')
    },
  )

  it.each([
    ['of an older form is replaced, too', 'plan.json', '{"schema":"keyturn/plan/0"}', true],
    ['alone counts: a page that shows one stays', 'page.md', '# Plans\n\nschema: keyturn/plan/1\n', false],
    ['alone counts: another document stays', 'scan.json', '{"schema":"keyturn/scan/1"}', false],
    ['alone counts: text stays', 'note.txt', 'null', false],
  ])('%s', async (_, name, text, isReplaced) => {
    await writeFile(join(folder, name), text)
    expect((await planned(name)).stderr.includes('it exists already')).toBe(!isReplaced)
    expect((await readFile(join(folder, name), 'utf8')) === text).toBe(!isReplaced)
  })
})

describe('a --home of a variable that is not set', () => {
  it('is refused: keys and backups would lie in the working folder', async () => {
    const refused = await run('--home', '', 'status')
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('It takes the path of a folder.')])
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a command that is printed under --home', () => {
  it('finds the plan and the run there', async () => {
    await writeFile(join(folder, '.netrc'), `machine bitbucket.org login alice password ${appPassword()}\n`)
    const home = ['--home', join(folder, 'keys of ci')]
    const printed = (text: string, command: string) =>
      new RegExp(`^\\s+(?:next +)?keyturn (.*${command}.*)$`, 'm').exec(text)?.[1]?.replace(/'(.*)'/, '$1') ?? ''
    const again = (words: string) => {
      const at = words.indexOf(` ${home[1]} `)
      return run('--home', home[1] ?? '', ...words.slice(at + (home[1]?.length ?? 0) + 2).split(' '))
    }
    await keyturn({ args: ['token', 'add', 'ci', '--offline', ...home], folder, input: apiToken() })
    const planned = await run('plan', '.netrc', '--token', 'ci', '--offline', ...home)
    expect(printed(planned.stdout, 'apply')).toContain(`--home ${home[1]} apply`)
    const applied = await again(printed(planned.stdout, 'apply'))
    expect(applied.exitCode).toBe(3)
    expect((await again(printed(applied.stdout, 'rollback'))).stdout).toContain('1 place put back')
    const failed = await run('forget', 'r0', ...home)
    expect(printed(failed.stderr, 'status')).toBe(`--home ${home[1]} status`)
    const { next } = JSON.parse((await run('forget', 'r0', '--json', ...home)).stdout)
    expect(next).toEqual([`  keyturn --home '${home[1]}' status`])
  })
})
