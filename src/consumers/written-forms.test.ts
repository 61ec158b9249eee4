import { describe, expect, test } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { memoryFiles } from '../../test/support/memory-files.ts'
import type { PlaceRef } from '../model/place.ts'
import { consumers } from './registry.ts'

const { OLD, NEW } = fixtureValues()
const MAIL = 'alice+ci@example.com'
const HEADER = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

interface Written {
  readonly consumer: string
  readonly path: string
  readonly before: string
  readonly username?: string
}

/** The document after a change, or why there is none. */
async function written({ consumer, path, before, username = MAIL }: Written): Promise<string> {
  const { connector, detector } = consumers.find(({ id }) => id === consumer) ?? {}
  const file = `/somewhere/${path}`
  const { context, bytes } = memoryFiles(new Map([[file, Buffer.from(before)]]))
  const document = { path: file, bytes: bytes(file), seal: context.seal, companion: () => undefined }
  const place = detector?.detect(document).places[0]
  if (connector === undefined || place === undefined) throw new Error(`${consumer} finds nothing`)
  const ref: PlaceRef = { id: place.id, consumer, at: place.at, address: place.address }
  const state = await connector.read(ref, context)
  if (state.kind === 'absent') throw new Error('absent')
  const change = { username: { set: username }, secret: { set: context.seal(NEW) } }
  const outcome = await connector.stageReplace(ref, state.digest, change, context).catch((error) => error)
  if (outcome.kind !== 'staged') return outcome.parts.because
  await outcome.commit()
  const after = bytes(file).toString()
  const back = await connector.stageRestore(ref, outcome.to, outcome.backup, context)
  if (back.kind === 'conflict') throw new Error('a conflict')
  await back.commit()
  expect(bytes(file).toString()).toBe(before)
  return after
}

describe('the line end behind a value belongs to no credential', () => {
  test.each([
    [
      'a block scalar of YAML',
      'a.yaml',
      (name: string, secret: string) =>
        `env:\n  BITBUCKET_USERNAME: |\n    ${name}\n  BITBUCKET_APP_PASSWORD: >\n    ${secret}\n`,
    ],
    [
      'a heredoc of HCL',
      'a.tf',
      (name: string, secret: string) =>
        `locals {\n  BITBUCKET_USERNAME = <<EOT\n${name}\nEOT\n  BITBUCKET_APP_PASSWORD = <<-EOT\n    ${secret}\n  EOT\n}\n`,
    ],
    [
      'what `echo TOKEN | base64` gives',
      'a.yaml',
      (name: string, secret: string) =>
        `data:\n  BITBUCKET_USERNAME: ${base64(`${name}\n`)}\n  BITBUCKET_APP_PASSWORD: ${base64(`${secret}\r\n`)}\n`,
    ],
  ])('%s', async (_, path, document) => {
    const after = await written({ consumer: 'variables', path, before: document('alice', OLD) })
    expect(after).toBe(document(MAIL, NEW))
  })
})

describe('an API token is of all Atlassian: what a header is for must show by something else', () => {
  test.each([
    ['the name of its variable', 'a.json', (header: string) => `{"BITBUCKET_AUTH": "${header}"}\n`],
    ['the attribute beside it', 'a.xml', (header: string) => `<s><add key="BITBUCKET_AUTH" value="${header}"/></s>\n`],
  ])('%s', async (_, path, document) => {
    const before = document(HEADER('alice', OLD))
    expect(await written({ consumer: 'http-header', path, before })).toBe(document(HEADER(MAIL, NEW)))
  })

  test('nothing does: the change is refused, for nobody would find the token again', async () => {
    const before = `{"auth": "${HEADER('alice', OLD)}"}\n`
    expect(await written({ consumer: 'http-header', path: 'a.json', before })).toContain('would not read back')
  })
})

describe('quotes and backslashes', () => {
  const settings = (name: string, secret: string): string =>
    `[HKEY_CURRENT_USER\\Environment]\r\n"BITBUCKET_USERNAME"="${name}"\r\n"BITBUCKET_APP_PASSWORD"="${secret}"\r\n`
  test('are escaped in an export of the registry', async () => {
    const before = settings('alice', OLD)
    const after = await written({ consumer: 'variables', path: 'a.reg', before, username: 'a"b\\c' })
    expect(after).toBe(settings('a\\"b\\\\c', NEW))
  })

  test('are doubled in a cell of CSV that has quotes', async () => {
    const table = (name: string, secret: string): string =>
      `BITBUCKET_USERNAME,BITBUCKET_APP_PASSWORD\n"${name}","${secret}"\n`
    const before = table('alice', OLD)
    const after = await written({ consumer: 'variables', path: 'a.csv', before, username: 'a"b' })
    expect(after).toBe(table('a""b', NEW))
  })

  test.each(['"alice"', "'alice'"])('%s in a .env file: readers do not agree what a backslash is', async (old) => {
    const before = `BITBUCKET_USERNAME=${old}\nBITBUCKET_APP_PASSWORD=${OLD}\n`
    const because = await written({ consumer: 'variables', path: '.env', before, username: 'a\\b' })
    expect(because).toContain('needs quotes or escapes')
  })
})

describe('a Dockerfile', () => {
  const image = (instruction: string, name: string): string =>
    `FROM scratch\n${instruction} BITBUCKET_USERNAME=${name} BITBUCKET_APP_PASSWORD=`
  const username = '$HOME`x`"\\'
  test.each([
    ['between double quotes names no variable', 'ENV', '"alice"', '"\\$HOME`x`\\"\\\\"'],
    ['without quotes', 'ENV', 'alice', '\\$HOME\\`x\\`\\"\\\\'],
    ['between single quotes is what it is', 'ARG', "'alice'", `'${username}'`],
    ['in a command is escaped for the shell', 'RUN env', '"alice"', '"\\$HOME\\`x\\`\\"\\\\"'],
  ])('a username %s', async (_, instruction, old, next) => {
    const before = `${image(instruction, old)}${OLD}\n`
    const after = await written({ consumer: 'variables', path: 'Dockerfile', before, username })
    expect(after).toBe(`${image(instruction, next)}${NEW}\n`)
  })
})

test('the percent sign of a URL has no backslash in a setting of crontab, and has one in a command', async () => {
  const url = (user: string, secret: string): string => `https://${user}:${secret}@bitbucket.org/acme/app.git`
  const crontab = (address: string): string => `REPOSITORY=${address}\n@daily true\n`
  const job = (address: string): string => `@daily git clone ${address}\n`
  const one = { consumer: 'url-userinfo', path: 'crontab' }
  expect(await written({ ...one, before: crontab(url('alice', OLD)) })).toBe(
    crontab(url('alice%2Bci%40example.com', NEW.replace('=', '%3D'))),
  )
  expect(await written({ ...one, before: job(url('alice', OLD)) })).toBe(
    job(url('alice\\%2Bci\\%40example.com', NEW.replace('=', '\\%3D'))),
  )
})

test('what a service of systemd hands to a command is read with the escapes of systemd', async () => {
  const unit = (header: string): string =>
    `[Service]\nExecStart=/usr/bin/env "BITBUCKET_AUTH=${header.replace(' ', '\\x20')}" show\n`
  const before = unit(HEADER('alice', OLD))
  const after = await written({ consumer: 'http-header', path: 'app.service', before })
  expect(after.replace(/\\x20| /g, ' ')).toBe(unit(HEADER(MAIL, NEW)).replace(/\\x20| /g, ' '))
})

test('a pair that looks like a setting by itself takes an e-mail, which no setting is called', async () => {
  const text = (name: string, secret: string): string => `locals {\n  CI_LOGIN = <<EOT\n${name}:${secret}\nEOT\n}\n`
  const before = text('alice.old', OLD)
  // What an API token is for, its surroundings must say.
  const about = (document: string): string => `# Bitbucket\n${document}`
  expect(await written({ consumer: 'token', path: 'a.tf', before: about(before) })).toBe(about(text(MAIL, NEW)))
})

describe('a URL that is a format has no percent sign but those of its directives', () => {
  const url = (user: string, secret: string, name: string): string =>
    `https://${user}:${secret}@bitbucket.org/acme/${name}`
  const git = { consumer: 'url-userinfo', username: 'x-bitbucket-api-token-auth' }

  test.each([
    ['Python', 'a.py', '%s.git', (text: string) => `url = "${text}" % name\n`],
    ['Go', 'a.go', '%v', (text: string) => `url := fmt.Sprintf("${text}", name)\n`],
    ['a shell', 'a.sh', '%s', (text: string) => `git clone "$(printf '${text}' "$name")"\n`],
    ['a configuration', 'a.txt', '%(name)s.git', (text: string) => `${text}\n`],
    ['what printf prints as it is', 'a.sh', 'a.git', (text: string) => `printf '${text}\\n' > list\n`],
    ['printf in awk', 'a.sh', 'a.git', (text: string) => `awk 'BEGIN { printf "${text}\\n" }'\n`],
    ['printf in C', 'a.c', 'a.git', (text: string) => `fprintf(out, "clone ${text} now\\n"); /* Bitbucket */\n`],
    ['a longer text of Python', 'a.py', 'a.git', (text: string) => `run("git clone ${text} %s" % folder)\n`],
    ['a settings file of Python', 'a.ini', 'a.git', (text: string) => `[app]\nurl = ${text}\n`],
    [
      'one that is seen to interpolate',
      'a.cfg',
      'a%%20b.git',
      (text: string) => `[app]\nlog = %(name)s\nurl = ${text}\n`,
    ],
  ])('in %s', async (_, path, name, document) => {
    const before = document(url('alice', OLD, name))
    expect(await written({ ...git, path, before })).toBe(document(url(git.username, NEW, name)))
  })

  test.each([
    ['another argument of printf', 'a.sh', (text: string) => `printf '%s\\n' '${text}'\n`],
    ['another command', 'a.sh', (text: string) => `printf 'now\\n'; git clone '${text}'\n`],
    ['no operator', 'a.py', (text: string) => `run("git clone ${text}", "a % b")\n`],
  ])('but it may where it is %s', async (_, path, document) => {
    const before = document(url('alice', OLD, 'a.git'))
    expect(await written({ ...git, path, before })).toBe(document(url(git.username, NEW.replace('=', '%3D'), 'a.git')))
  })

  test('an e-mail, which needs one, is refused', async () => {
    const before = `url = "${url('alice', OLD, '%s')}" % name\n`
    expect(await written({ consumer: 'url-userinfo', path: 'a.py', before })).toContain('needs quotes or escapes')
  })

  test('where it asks REST, a plan knows that beforehand', () => {
    const detect = (path: string, document: (url: string) => string, host: string) =>
      consumers
        .find(({ id }) => id === 'url-userinfo')
        ?.detector?.detect({
          path,
          bytes: Buffer.from(document(`https://alice:${OLD}@${host}/2.0/repositories/acme`)),
          seal: memoryFiles(new Map()).context.seal,
          companion: () => undefined,
        }).places[0]
    for (const [path, document] of [
      ['/a.py', (text: string) => `u = "${text}/%s" % name\n`],
      ['/a.sh', (text: string) => `printf "${text}/app\\n"\n`],
      ['/a.ini', (text: string) => `[alembic]\nurl = ${text}/app\n`],
    ] as const) {
      expect(detect(path, document, 'api.bitbucket.org')?.hindrance).toMatchObject({
        kind: 'not writable',
        wayOut: expect.stringContaining('%%40'),
      })
      expect(detect(path, document, 'bitbucket.org')).not.toHaveProperty('hindrance')
    }
  })

  test('what is percent-encoded in its path makes it no format', async () => {
    const before = `url = "${url('alice', OLD, 'a%20b%d0%b0')}"\n`
    const after = await written({ ...git, path: 'a.py', before })
    expect(after).toContain(NEW.replace('=', '%3D'))
  })
})
