import { spawn } from 'node:child_process'
import { chmod, lstat, mkdir, readlink, rename, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ended } from '../support/keyturn-process.ts'
import {
  ALICE,
  contentsOf,
  type Files,
  type Marks,
  type RoundTripStage,
  setRoundTripStage,
  standingOf,
} from './round-trip-stage.ts'

const FIXED_USERNAME = 'x-bitbucket-api-token-auth'

interface Round {
  readonly stage: RoundTripStage
  readonly applied: Ended
  readonly again: Ended
  readonly before: Files
  readonly after: Files
  readonly standing: Readonly<Record<string, unknown>>
  readonly standingAfter: Readonly<Record<string, unknown>>
}

/** Plan and apply through the command line, then the same plan once more. */
async function goForward(consumer: string, prepare: (home: string) => Promise<void> = async () => {}): Promise<Round> {
  const stage = await setRoundTripStage(consumer)
  await prepare(stage.home)
  const before = await contentsOf(stage.home)
  const standing = await standingOf(stage.home)
  await stage.run(
    ['token', 'add', 'new', '--email', ALICE.email, '--username', ALICE.username],
    stage.marks['API_TOKEN'] ?? '',
  )
  await stage.run(['plan', stage.home, '-o', 'plan.json'])
  const applied = await stage.run(['apply', 'plan.json'])
  const after = await contentsOf(stage.home)
  const standingAfter = await standingOf(stage.home)
  return { stage, applied, before, after, standing, standingAfter, again: await stage.run(['apply', 'plan.json']) }
}

/**
 * What is left of the bytes of every file without each username and secret, in whatever form: computed here from the known
 * values, so that a change beside them shows, whoever made it.
 */
function besidesCredentials(files: Files, marks: Marks, opened: (sealed: string) => string | undefined): Files {
  const names = [FIXED_USERNAME, ALICE.email, `//${ALICE.username}@`, ALICE.username]
  const known = [...Object.values(marks), ...names]
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => {
      const unsealed = text.replace(/\{[A-Za-z0-9+/]{20,}=*\}/g, (sealed) => opened(sealed) ?? sealed)
      return [path, known.reduce((rest, value) => rest.replaceAll(value, value.startsWith('//') ? '//' : ''), unsealed)]
    }),
  )
}

function roundTripOf(round: () => Round): void {
  it('proves every place', () => {
    const { exitCode, stdout, stderr } = round().applied
    const open = stdout.split('\n').filter((line) => /^ {2}[?!·]/.test(line))
    expect({ exitCode, stderr, open }).toEqual({ exitCode: 0, stderr: '', open: [] })
  })

  it('changes the bytes of username and secret, and no other byte', () => {
    const { before, after, stage } = round()
    expect(after).not.toEqual(before)
    expect(besidesCredentials(after, stage.marks, stage.opened)).toEqual(
      besidesCredentials(before, stage.marks, stage.opened),
    )
  })

  it('writes the files of the `after` folder', async () => {
    const { after, stage } = round()
    const expected = await stage.filled('after')
    const unsealed = Object.entries(after).map(([path, text]) => [path, withMark(text, stage)])
    expect(Object.fromEntries(unsealed)).toEqual(expected)
  })

  it('leaves no file behind and keeps mode, owner and links', () => {
    expect(round().standingAfter).toEqual(round().standing)
  })

  it('refuses the same plan a second time as out of date', () => {
    const { exitCode, stderr } = round().again
    expect({ exitCode, headline: stderr.split('\n')[0], state: /state +(.+)/.exec(stderr)?.[1] }).toEqual({
      exitCode: 4,
      headline: 'error R201: The plan is out of date',
      state: 'This command changed nothing.',
    })
  })
}

/** Encryption makes the new payload unpredictable; what it holds is not. */
function withMark(text: string, { opened, marks }: RoundTripStage): string {
  return text.replace(/\{[A-Za-z0-9+/]{20,}=*\}/g, (sealed) =>
    opened(sealed) === marks['API_TOKEN'] ? '@@API_TOKEN_SEALED@@' : sealed,
  )
}

/** Last in its describe: the files are those of the beginning afterwards. */
function rollsBack(round: () => Round): void {
  it('rolls back to identical bytes, mode, owner and links', async () => {
    const { stage, before, standing } = round()
    const { exitCode } = await stage.run(['rollback', '--yes'])
    expect({ exitCode, files: await contentsOf(stage.home), standing: await standingOf(stage.home) }).toEqual({
      exitCode: 0,
      files: before,
      standing,
    })
  })
}

/** As git would on this machine; nothing of this process' own environment. */
function run(
  command: string,
  args: readonly string[],
  { environment }: RoundTripStage,
  more: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...environment, ...more.env }, stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')))
    child.stdin.on('error', () => undefined) // git config does not read it
    child.stdin.end(more.input ?? '')
  })
}

describe('netrc', () => {
  let round: Round
  beforeAll(async () => {
    round = await goForward('netrc', async (home) => {
      await mkdir(join(home, 'dotfiles'))
      await rename(join(home, 'one-line', '.netrc'), join(home, 'dotfiles', '.netrc'))
      await symlink('../dotfiles/.netrc', join(home, 'one-line', '.netrc'))
      await chmod(join(home, 'windows', '_netrc'), 0o640)
    })
  })
  afterAll(() => round?.stage.end())

  it('proves every place and ends with exit code 0', () => {
    expect(round.applied).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('changes the bytes of username and secret, and no other byte', () => {
    const { before, after, stage } = round
    expect(after).not.toEqual(before)
    expect(besidesCredentials(after, stage.marks, stage.opened)).toEqual(
      besidesCredentials(before, stage.marks, stage.opened),
    )
  })

  it('writes the files of the `after` folder, the one behind a link too', async () => {
    const { 'one-line/.netrc': linked, ...expected } = await round.stage.filled('after')
    expect(round.after).toEqual({ ...expected, 'dotfiles/.netrc': linked })
  })

  it('leaves no file behind and keeps mode, owner and links', async () => {
    expect(round.standingAfter).toEqual(round.standing)
    expect((await lstat(join(round.stage.home, 'one-line', '.netrc'))).isSymbolicLink()).toBe(true)
    expect(await readlink(join(round.stage.home, 'one-line', '.netrc'))).toBe('../dotfiles/.netrc')
  })

  it('refuses the same plan a second time as out of date', () => {
    expect([round.again.exitCode, round.again.stderr.split('\n')[0]]).toEqual([
      4,
      'error R201: The plan is out of date',
    ])
  })

  it('lets curl sign in to REST', async () => {
    const file = join(round.stage.home, 'api', '.netrc')
    const url = 'https://api.bitbucket.org/2.0/user'
    const body = await run('curl', ['--silent', '--netrc-file', file, url], round.stage)
    expect(JSON.parse(body)).toMatchObject({ username: ALICE.username })
  })

  it.each(['.netrc', 'windows/_netrc', 'dotfiles/.netrc'])('is read by curl as it was meant: %s', async (name) => {
    const { marks, home } = round.stage
    expect(await credentialThatCurlSends(join(home, name), round.stage)).toBe(`${FIXED_USERNAME}:${marks['API_TOKEN']}`)
  })

  rollsBack(() => round)
})

/** Curl believes that it talks to http://bitbucket.org; a loopback server tells what arrived. */
async function credentialThatCurlSends(file: string, stage: RoundTripStage): Promise<string> {
  const { port, server } = await startEcho()
  try {
    const args = ['--silent', '--noproxy', '*', '--connect-to', `bitbucket.org:80:127.0.0.1:${port}`]
    const header = await run('curl', [...args, '--netrc-file', file, 'http://bitbucket.org/'], stage)
    return Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8')
  } finally {
    await new Promise((done) => server.close(done))
  }
}

function startEcho(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request, response) => {
    response.writeHead(200, { connection: 'close' }).end(request.headers.authorization ?? '')
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, server }))
  })
}

describe('git-credentials', () => {
  let round: Round
  beforeAll(async () => {
    round = await goForward('git-credentials')
  })
  afterAll(() => round?.stage.end())

  roundTripOf(() => round)

  it.each(['.git-credentials', 'xdg/git/credentials', 'no-line-feed/.git-credentials'])(
    'is read by git credential-store as it was meant: %s',
    async (name) => {
      const { home, marks } = round.stage
      const helper = `credential.helper=store --file='${join(home, name)}'`
      const input = 'protocol=https\nhost=bitbucket.org\n\n'
      const filled = await run('git', ['-c', helper, 'credential', 'fill'], round.stage, { input })
      expect(filled.trim().split('\n').sort()).toEqual([
        'host=bitbucket.org',
        `password=${marks['API_TOKEN']}`,
        'protocol=https',
        `username=${FIXED_USERNAME}`,
      ])
    },
  )

  rollsBack(() => round)
})

describe('git-config', () => {
  let round: Round
  beforeAll(async () => {
    round = await goForward('git-config')
  })
  afterAll(() => round?.stage.end())

  roundTripOf(() => round)

  it('is read by git with the same settings but for the credential', async () => {
    for (const name of ['.gitconfig', 'clone/.git/config', 'windows/.git/config', 'header/.git/config']) {
      const { marks, home, opened } = round.stage
      const listed = await run('git', ['config', '--list', '--file', join(home, name)], round.stage)
      const old = join(dirname(home), 'old-config')
      await writeFile(old, round.before[name] ?? '', 'latin1')
      const listedBefore = await run('git', ['config', '--list', '--file', old], round.stage)
      expect(besidesCredentials({ listed }, marks, opened)).toEqual(
        besidesCredentials({ listed: listedBefore }, marks, opened),
      )
      expect(listed).not.toBe(listedBefore)
    }
  })

  it.each([
    ['clone', 'origin'],
    ['windows', 'origin'],
    ['header', 'origin'],
  ])('lets git list the remote of %s', async (clone, remote) => {
    const folder = join(round.stage.home, clone)
    expect(await run('git', ['-C', folder, 'ls-remote', remote, 'HEAD'], round.stage)).toMatch(/^[0-9a-f]{40}\tHEAD\n$/)
  })

  it('lets git rewrite a short URL', async () => {
    const env = { GIT_CONFIG_GLOBAL: join(round.stage.home, '.gitconfig') }
    expect(await run('git', ['ls-remote', 'bb:acme/app.git', 'HEAD'], round.stage, { env })).toMatch(/^[0-9a-f]{40}\t/)
  })

  rollsBack(() => round)
})

describe('git-username', () => {
  let round: Round
  beforeAll(async () => {
    round = await goForward('git-username')
  })
  afterAll(() => round?.stage.end())

  roundTripOf(() => round)

  it('lets git find what its store holds under the new name', async () => {
    const { home } = round.stage
    const args = ['-C', join(home, 'clone'), 'ls-remote', 'origin', 'HEAD']
    expect(await run('git', args, round.stage, { env: { HOME: home } })).toMatch(/^[0-9a-f]{40}\tHEAD\n$/)
  })

  rollsBack(() => round)
})

describe('jenkins-home', () => {
  let round: Round
  beforeAll(async () => {
    round = await goForward('jenkins-home')
  })
  afterAll(() => round?.stage.end())

  // Which credential answers a URL without its username is decided by Jenkins, which is stopped meanwhile.
  roundTripOf(() => round)

  it.each(['credentials.xml', 'jobs/team/config.xml', 'jobs/team/jobs/web/config.xml'])(
    'is the same document for an XML parser but for username and secret: %s',
    (name) => {
      const { before, after, stage } = round
      const texts = (files: Files): readonly string[] => eventsOf(Buffer.from(files[name] ?? '', 'latin1').toString())
      const [old, next] = [texts(before), texts(after)]
      const changed = old.flatMap((event, index) => (event === next[index] ? [] : [[event, next[index] ?? '']]))
      expect(next).toHaveLength(old.length)
      expect(changed.map(([from = '', to = '']) => [stage.opened(from) ?? from, stage.opened(to) ?? to])).toEqual(
        name.endsWith('web/config.xml')
          ? [['https://alice@bitbucket.org/acme/web.git', 'https://bitbucket.org/acme/web.git']]
          : [
              [ALICE.username, FIXED_USERNAME],
              [stage.marks['APP_PASSWORD'], stage.marks['API_TOKEN']],
            ],
      )
    },
  )

  rollsBack(() => round)
})

/** Tags, texts and comments in order. */
function eventsOf(xml: string): readonly string[] {
  const parser = new SaxesParser()
  const events: string[] = []
  parser.on('opentag', ({ name, attributes }) => void events.push(`<${name} ${JSON.stringify(attributes)}>`))
  parser.on('text', (text) => void events.push(text))
  parser.on('comment', (text) => void events.push(`<!--${text}-->`))
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml.replace(/^\ufeff/, '')).close()
  return events
}
