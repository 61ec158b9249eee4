import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type { Account, Ended } from './account.ts'
import type { GitWorld, Helper, Pair } from './blueprint.ts'
import { type Setting, settingsEnvironment, settingsText, urlKey } from './git-settings.ts'
import { type Cast, pairText } from './issue-secrets.ts'

/** How the person runs git, and asks the doctor about the same. */
export interface GitScene {
  readonly account: Account
  readonly folder: string
  /** What the doctor is asked about. */
  readonly asked: string
  /** The command that has to work. */
  readonly command: () => Promise<Ended>
  /** The same command with the URL that has no userinfo, where the person types the URL. */
  readonly bareCommand?: () => Promise<Ended>
  /** What a failed command took out of a cache is put back. */
  readonly refill: () => Promise<void>
  readonly stop: () => Promise<void>
}

export async function furnishGit(world: GitWorld, cast: Cast, bare: Account): Promise<GitScene> {
  const settings = [...settingsOf(world, cast, bare.home)]
  const account = bare.with({
    ...environmentOf(world, bare.home),
    ...settingsEnvironment(inScope(settings, 'environment')),
  })
  await writeSettings(account, settings)
  await writeNetrc(world, cast, account)
  await writeHelpers(world, cast, account)
  const written = writtenUrl(world, cast)
  const folder = await makeFolder(world, account, written, inScope(settings, 'local'))
  await fillCaches(world, cast, account)
  const typed = world.stand === 'url' ? written : 'origin'
  const commandFor = (url: string) => (): Promise<Ended> =>
    world.use === 'push' ? push(account, folder, url) : account.run('git', ['ls-remote', url], folder)
  return {
    account,
    folder,
    command: commandFor(typed),
    ...(typed === written && written !== cast.url ? { bareCommand: commandFor(cast.url) } : {}),
    asked: { url: written, remote: 'origin', 'url in a clone': cast.url, 'remote of a worktree': 'origin' }[
      world.stand
    ],
    refill: () => fillCaches(world, cast, account),
    stop: async () => {
      if (world.helpers.some(({ kind }) => kind === 'cache'))
        await account.run('git', ['credential-cache', 'exit'], account.home)
    },
  }
}

/** Asks for everything a push asks for, and sends nothing. Outside a clone, any repository will do. */
async function push(account: Account, folder: string, typed: string): Promise<Ended> {
  const args = ['push', '--dry-run', typed, ':refs/heads/main']
  if (folder !== account.home) return account.run('git', args, folder)
  await emptyRepository(join(account.home, '.cache/scratch'))
  return account.run('git', args, join(account.home, '.cache/scratch'))
}

const inScope = (settings: readonly Setting[], scope: Setting['scope']): readonly Setting[] =>
  settings.filter((setting) => setting.scope === scope)

/** With userinfo where the URL itself holds it. */
function writtenUrl({ userinfo }: GitWorld, cast: Cast): string {
  return userinfo?.by === 'url' ? cast.url.replace('https://', `https://${userinfoText(userinfo, cast)}@`) : cast.url
}

function userinfoText({ name, secret, raw }: NonNullable<GitWorld['userinfo']>, cast: Cast): string {
  const parts = [cast.nameOf(name), ...(secret === undefined ? [] : [cast.secretOf(secret)])]
  return parts.map(raw ? (part) => part : encodeURIComponent).join(':')
}

function* settingsOf(world: GitWorld, cast: Cast, home: string): Generator<Setting> {
  const { url } = cast
  for (const noise of world.noise) yield* noiseSettings(noise)
  for (const [index, helper] of world.helpers.entries())
    yield {
      scope: helper.scope,
      key: urlKey('credential', helper.key, 'helper', url),
      value: helperValue(helper, index, cast, home),
    }
  const { header, pinned, userinfo, useHttpPath, askpass, network } = world
  if (header !== undefined)
    yield { scope: header.scope, key: urlKey('http', header.key, 'extraHeader', url), value: headerText(header, cast) }
  if (pinned !== undefined)
    yield {
      scope: pinned.scope,
      key: urlKey('credential', pinned.key, 'username', url),
      value: cast.nameOf(pinned.name),
    }
  if (userinfo?.by === 'insteadOf')
    yield {
      scope: userinfo.scope,
      key: `url.https://${userinfoText(userinfo, cast)}@bitbucket.org/.insteadOf`,
      value: 'https://bitbucket.org/',
    }
  if (useHttpPath !== undefined)
    yield { scope: useHttpPath.scope, key: urlKey('credential', useHttpPath.key, 'useHttpPath', url), value: 'true' }
  if (askpass?.by === 'core.askPass') yield { scope: 'global', key: 'core.askPass', value: join(home, 'askpass') }
  if (network === 'proxy of git') yield { scope: 'global', key: 'http.proxy', value: 'http://127.0.0.1:1' }
}

function* noiseSettings(noise: GitWorld['noise'][number]): Generator<Setting> {
  const scope = 'global'
  if (noise === 'helper of another host')
    yield { scope, key: 'credential.https://git.example.org.helper', value: 'cache' }
  if (noise === 'other header') yield { scope, key: 'http.https://bitbucket.org/.extraHeader', value: 'X-Team: build' }
  if (noise === 'other insteadOf')
    yield { scope, key: 'url.https://mirror.example.org/.insteadOf', value: 'https://github.com/' }
  if (noise === 'colours') yield { scope, key: 'color.ui', value: 'auto' }
}

function headerText({ pair, scheme }: NonNullable<GitWorld['header']>, cast: Cast): string {
  const [username, secret] = pairText(cast, pair)
  if (scheme === 'Bearer') return `Authorization: Bearer ${secret}`
  return `Authorization: Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`
}

function helperValue(helper: Helper, index: number, cast: Cast, home: string): string {
  switch (helper.kind) {
    case 'store':
      return helper.file === 'default' ? 'store' : `store --file=${join(home, 'second-store')}`
    case 'keychain':
      return `!"$HOME/keychain-${index}/helper"`
    case 'snippet': {
      const [username, secret] = pairText(cast, helper.pair)
      return `!f() { echo username=${username}; echo password=${secret}; }; f`
    }
    case 'cache':
      return 'cache'
    case 'manager':
      return 'manager'
    case 'names a user':
      return `!f() { echo username=${cast.nameOf(helper.name)}; }; f`
    case 'absent':
      return 'not-installed'
    case 'reset':
      return ''
  }
}

function environmentOf({ askpass, network }: GitWorld, home: string): Readonly<Record<string, string | undefined>> {
  return {
    ...(network === 'certificates of git' ? { GIT_SSL_CAINFO: join(home, 'other-ca.pem') } : {}),
    GIT_CONFIG_SYSTEM: join(home, 'system-gitconfig'),
    ...(askpass?.by === 'environment' ? { GIT_ASKPASS: join(home, 'askpass') } : {}),
    // Set and empty, it would be taken in place of the setting.
    ...(askpass?.by === 'core.askPass' ? { GIT_ASKPASS: undefined, SSH_ASKPASS: undefined } : {}),
  }
}

async function writeSettings(account: Account, settings: readonly Setting[]): Promise<void> {
  const included = inScope(settings, 'included')
  await account.write('system-gitconfig', settingsText(inScope(settings, 'system')))
  await account.write('other-ca.pem', `${rootCertificates[0] ?? ''}\n`)
  const xdg = inScope(settings, 'xdg')
  if (xdg.length > 0) await account.write('.config/git/config', settingsText(xdg))
  const include = included.length === 0 ? '' : '[include]\n\tpath = team-gitconfig\n'
  await account.write('.gitconfig', settingsText(inScope(settings, 'global')) + include)
  if (included.length > 0) await account.write('team-gitconfig', settingsText(included))
}

async function writeNetrc({ netrc, noise, askpass }: GitWorld, cast: Cast, account: Account): Promise<void> {
  const other = noise.includes('netrc of another host')
    ? 'machine git.example.org login somebody password nothing\n'
    : ''
  const own =
    netrc === undefined
      ? ''
      : netrcLine(netrc.entry === 'machine' ? 'machine bitbucket.org' : 'default', pairText(cast, netrc.pair))
  if (other !== '' || own !== '') await account.write('.netrc', other + own)
  if (askpass !== undefined) await account.write('askpass', askpassScript(...pairText(cast, askpass.pair)), 0o700)
}

export function netrcLine(entry: string, [username, secret]: readonly [string, string]): string {
  return `${entry} login ${username} password ${/^\S+$/.test(secret) ? secret : `"${secret}"`}\n`
}

const askpassScript = (username: string, secret: string): string =>
  `#!/bin/sh\ncase "$1" in Username*) printf '%s\\n' '${username}' ;; *) printf '%s\\n' '${secret}' ;; esac\n`

const KEYCHAIN = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
case "$1" in
  get) test -f password && cat username password ;;
  store) while read -r line; do case "$line" in username=*) echo "$line" >username ;; password=*) echo "$line" >password ;; esac; done ;;
  erase) rm -f username password ;;
esac
exit 0
`

async function writeHelpers(world: GitWorld, cast: Cast, account: Account): Promise<void> {
  for (const [index, helper] of world.helpers.entries()) {
    if (helper.kind === 'store') {
      const lines = helper.lines.map((line) => storeLine(pairText(cast, line), cast, world))
      await account.write(helper.file === 'default' ? '.git-credentials' : 'second-store', lines.join(''))
    }
    if (helper.kind === 'manager') await writeManager(pairText(cast, helper.pair), account)
    if (helper.kind !== 'keychain') continue
    const [username, secret] = pairText(cast, helper.pair)
    await account.write(`keychain-${index}/helper`, KEYCHAIN, 0o700)
    await account.write(`keychain-${index}/username`, `username=${username}\n`)
    await account.write(`keychain-${index}/password`, `password=${secret}\n`)
  }
}

/** What the program `git-credential-manager` of the town reads. */
async function writeManager([username, secret]: readonly [string, string], account: Account): Promise<void> {
  await account.write('manager/pair', `username=${username}\npassword=${secret}\n`)
  await account.write('manager/bearer', `header = "Authorization: Bearer ${secret}"\n`)
  await account.write('manager/basic', `user = "${username}:${secret}"\n`)
}

function storeLine(pair: readonly [string, string], { url }: Cast, { useHttpPath }: GitWorld): string {
  const path = useHttpPath?.linesHavePath === true ? new URL(url).pathname : ''
  return `https://${pair.map(encodeURIComponent).join(':')}@bitbucket.org${path}\n`
}

/** The cache is a process; the pair is handed to it as git does after a success. */
async function fillCaches({ helpers }: GitWorld, cast: Cast, account: Account): Promise<void> {
  for (const helper of helpers) {
    if (helper.kind !== 'cache') continue
    const [username, secret] = pairText(cast, helper.pair satisfies Pair)
    const input = `protocol=https\nhost=bitbucket.org\nusername=${username}\npassword=${secret}\n\n`
    await account.run('git', ['credential-cache', 'store'], account.home, input)
  }
}

/** A clone as `git init` and `git remote add` leave it, without starting git for it. */
async function makeFolder(
  { stand }: GitWorld,
  { home }: Account,
  url: string,
  settings: readonly Setting[],
): Promise<string> {
  if (stand === 'url') return home
  const clone = join(home, 'clone')
  await emptyRepository(clone)
  const remote = `[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`
  await appendFile(join(clone, '.git/config'), settingsText(settings) + remote)
  return stand === 'remote of a worktree' ? worktreeOf(home, clone) : clone
}

async function emptyRepository(folder: string): Promise<void> {
  await mkdir(join(folder, '.git/objects'), { recursive: true })
  await mkdir(join(folder, '.git/refs/heads'), { recursive: true })
  await writeFile(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(folder, '.git/config'), '[core]\n\trepositoryformatversion = 0\n\tbare = false\n')
}

async function worktreeOf(home: string, clone: string): Promise<string> {
  const [tree, admin] = [join(home, 'worktree'), join(clone, '.git/worktrees/worktree')]
  await mkdir(tree)
  await mkdir(admin, { recursive: true })
  await writeFile(join(tree, '.git'), `gitdir: ${admin}\n`)
  await writeFile(join(admin, 'HEAD'), 'ref: refs/heads/topic\n')
  await writeFile(join(admin, 'commondir'), '../..\n')
  await writeFile(join(admin, 'gitdir'), `${join(tree, '.git')}\n`)
  return tree
}
