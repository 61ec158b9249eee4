import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'
import type { Canary } from './canary.ts'

/** A machine with a canary in every kind of place of every consumer. */
export interface WatchedMachine {
  readonly folder: string
  readonly sandbox: Sandbox
  /** Runs, and is asked over HTTP. */
  readonly controller: Jenkins
  /** Stopped: its files are read and changed. */
  readonly stoppedHome: string
  readonly dev: string
  readonly secrets: Readonly<Record<SecretName, string>>
  readonly canaries: readonly Canary[]
  /** Of every `keyturn` on this machine. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export type SecretName =
  | 'netrc'
  | 'netrc quoted'
  | 'git-credentials'
  | 'remote'
  | 'insteadOf'
  | 'extraHeader'
  | 'helper'
  | 'jenkins system'
  | 'jenkins folder'
  | 'jenkins secret text'
  | 'jenkins job URL'
  | 'controller system'
  | 'controller folder'
  | 'controller secret text'
  | 'controller login'
  | 'controller password'
  | 'passphrase'
  | 'new token of alice'
  | 'new token of ci-bot'
  | 'token to remove'
  | 'expired token'
  | 'altered token'
  | 'given by hand'
  | 'log'
  | 'argument'

/** Names the folder in which the watched git programs write down how they were started. */
export const RECORDS = 'TEST_RECORDS'

const REPOSITORIES = ['app', 'web', 'infra'] as const
const ADMINISTER = ['hudson.model.Hudson.Administer']

export async function startWatchedMachine(): Promise<WatchedMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-leaks-'))
  const sandbox = await startSandbox({ folder: join(folder, 'sandbox'), seed: randomBytes(8).toString('hex') })
  await peopleSandbox(sandbox)
  const dev = join(folder, 'dev')
  const stoppedHome = join(folder, 'jenkins_home')
  const made = makeSecrets(sandbox)
  await furnishDeveloper(dev, made)
  const stopped = await startJenkins({ home: stoppedHome, gitEnvironment: {} })
  await furnishJenkins(stopped, {
    system: made['jenkins system'],
    folder: made['jenkins folder'],
    text: made['jenkins secret text'],
    url: made['jenkins job URL'],
  })
  await stopped.stop()
  const controller = await startJenkins({
    home: join(folder, 'controller'),
    agentLabels: ['linux'],
    gitEnvironment: { ...sandbox.environment(), PATH: process.env['PATH'] ?? '' },
    seed: randomBytes(8).toString('hex'),
  })
  await furnishJenkins(controller, {
    system: made['controller system'],
    folder: made['controller folder'],
    text: made['controller secret text'],
    url: made['controller system'],
  })
  const { apiToken: login } = controller.addUser({
    id: 'admin',
    password: made['controller password'],
    permissions: ADMINISTER,
  })
  const secrets = { ...made, 'controller login': login }
  const watched = await watchGit(join(folder, 'bin'))
  return {
    folder,
    sandbox,
    controller,
    stoppedHome,
    dev,
    secrets,
    canaries: Object.entries(secrets).map(([name, text]) => ({ name, text })),
    environment: {
      ...sandbox.environment(),
      ...watched,
      HOME: dev,
      LC_ALL: 'C.UTF-8',
      JENKINS_USER_ID: 'admin',
      JENKINS_API_TOKEN: secrets['controller login'],
    },
    stop: async () => {
      await controller.stop()
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function peopleSandbox({ world }: Sandbox): Promise<void> {
  world.addUser({ username: 'alice', email: 'alice@acme.example' })
  world.addUser({ username: 'ci-bot', email: 'ci-bot@acme.example' })
  world.addWorkspace('acme')
  for (const slug of REPOSITORIES) {
    await world.addRepository({ workspace: 'acme', slug, isPrivate: true })
    for (const user of ['alice', 'ci-bot']) world.grant(user, `acme/${slug}`, 'write')
  }
}

/** Letters of every kind that a format quotes or escapes, around a random middle. */
const awkward = (): string => `p"w<&>' %${randomBytes(18).toString('hex')}#;\\/+=`

function makeSecrets({ world }: Sandbox): Omit<Record<SecretName, string>, 'controller login'> {
  const expired = world.addApiToken('alice', { name: 'expired', expiresAt: '2026-11-22T00:00:00Z' })
  const good = world.addApiToken('alice', { name: 'cut' })
  return {
    netrc: world.addAppPassword('alice'),
    'netrc quoted': awkward(),
    'git-credentials': expired,
    remote: world.addAppPassword('alice'),
    insteadOf: world.addAppPassword('alice'),
    extraHeader: world.addAppPassword('alice'),
    helper: appPassword(),
    'jenkins system': world.addAppPassword('ci-bot'),
    'jenkins folder': world.addAppPassword('ci-bot'),
    'jenkins secret text': apiToken(),
    'jenkins job URL': world.addAppPassword('ci-bot'),
    'controller system': world.addAppPassword('ci-bot'),
    'controller folder': world.addAppPassword('ci-bot'),
    'controller secret text': apiToken(),
    'controller password': randomBytes(16).toString('hex'),
    passphrase: awkward(),
    'new token of alice': world.addApiToken('alice', { name: 'new' }),
    'new token of ci-bot': world.addApiToken('ci-bot', { name: 'new' }),
    'token to remove': world.addApiToken('alice', { name: 'to remove' }),
    'expired token': world.addApiToken('alice', { name: 'expired too', expiresAt: '2026-11-22T00:00:00Z' }),
    'altered token': `${good.slice(0, 60)}x${good.slice(61)}`,
    'given by hand': world.addApiToken('alice', { name: 'by hand' }),
    log: appPassword(),
    argument: apiToken(),
  }
}

async function furnishDeveloper(home: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  const secret = (name: SecretName): string => secrets[name] ?? ''
  const quoted = `"${secret('netrc quoted').replaceAll(/["\\]/g, '\\$&')}"`
  await write(
    join(home, '.netrc'),
    `machine bitbucket.org\n  login alice\n  password ${secret('netrc')}\nmachine api.bitbucket.org login alice password ${quoted}\n`,
  )
  await write(
    join(home, '.git-credentials'),
    `https://alice:${encodeURIComponent(secret('git-credentials'))}@bitbucket.org\n`,
  )
  const header = Buffer.from(`alice:${secret('extraHeader')}`).toString('base64')
  await write(
    join(home, '.gitconfig'),
    [
      '[user]\n\tname = Alice',
      '[credential]\n\thelper = store',
      `[url "https://alice:${secret('insteadOf')}@bitbucket.org/"]\n\tinsteadOf = bb:`,
      '',
    ].join('\n'),
  )
  const clone = (name: string, url: string, more = ''): Promise<void> => writeClone(join(home, name), url, more)
  await clone('app', `https://alice:${secret('remote')}@bitbucket.org/acme/app.git`)
  await clone('web', 'https://alice@bitbucket.org/acme/web.git')
  await clone('rewritten', 'bb:acme/app.git')
  await clone(
    'headed',
    'https://bitbucket.org/acme/infra.git',
    `[http "https://bitbucket.org/"]\n\textraHeader = "Authorization: Basic ${header}"\n`,
  )
  await clone(
    'helped',
    'https://bitbucket.org/acme/web.git',
    `[credential]\n\thelper = "!f() { echo username=alice; echo password=${secret('helper')}; }; f"\n`,
  )
  await write(
    join(home, 'console.log'),
    `Cloning https://alice:${secret('log')}@bitbucket.org/acme/app.git\nfatal: Authentication failed for 'https://alice:${secret('log')}@bitbucket.org/acme/app.git/'\n`,
  )
}

async function writeClone(folder: string, url: string, more: string): Promise<void> {
  const git = join(folder, '.git')
  for (const name of ['objects', 'refs']) await mkdir(join(git, name), { recursive: true })
  await write(join(git, 'HEAD'), 'ref: refs/heads/main\n')
  await write(
    join(git, 'config'),
    `[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n${more}`,
  )
}

async function furnishJenkins(
  jenkins: Jenkins,
  secrets: { readonly system: string; readonly folder: string; readonly text: string; readonly url: string },
): Promise<void> {
  const url = (slug: string): string => `https://bitbucket.org/acme/${slug}.git`
  await jenkins.addCredential({ store: 'system', id: 'bb', username: 'ci-bot', secret: secrets.system })
  await jenkins.addSecretText({ store: 'system', id: 'bb-text', secret: secrets.text })
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: 'ci-bot', secret: secrets.folder })
  await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'team/web', url: url('web'), credentialsId: 'bb' })
  await jenkins.addFreestyleJob({
    fullName: 'pinned',
    url: `https://ci-bot:${secrets.url}@bitbucket.org/acme/infra.git`,
  })
}

/**
 * Every program of git becomes a script that writes down how it was started and then starts the real one. git looks for its own
 * parts in GIT_EXEC_PATH, so those that git starts by itself are written down too.
 */
async function watchGit(bin: string): Promise<Record<string, string>> {
  const parts = join(bin, 'parts')
  await mkdir(parts, { recursive: true })
  const real = execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const script = (program: string): string =>
    ['#!/bin/sh', `cat /proc/$$/cmdline /proc/$$/environ >>"$${RECORDS}/$$"`, `exec "${program}" "$@"`, ''].join('\n')
  await writeProgram(join(bin, 'git'), script(git))
  for (const name of await readdir(real)) {
    if (/^git-remote-https?$/.test(name)) await writeProgram(join(parts, name), script(join(real, name)))
    else if (name === 'git') await writeProgram(join(parts, name), script(git))
    else await symlink(join(real, name), join(parts, name))
  }
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}`, GIT_EXEC_PATH: parts }
}

async function writeProgram(path: string, text: string): Promise<void> {
  await writeFile(path, text)
  await chmod(path, 0o755)
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o600 })
}
