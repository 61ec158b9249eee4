import { neutralise } from '../bitbucket/evidence-text.ts'
import { parseRepositoryUrl, type RepositoryUrl } from '../bitbucket/repository-url.ts'
import { Failure } from '../model/failure.ts'
import type { Context } from '../model/ports.ts'
import { type BrokenUrl, brokenUserinfo } from './broken-url.ts'
import { type GitScene, type GitSetting, runGit } from './git-settings.ts'
import { urlOfRemote, urlSettings } from './remote-urls.ts'
import { whereOf } from './setting-match.ts'
import { shellWord } from './shell-word.ts'
import { sayableName } from './source-places.ts'

/** A username that decides before any credential is looked up. */
export interface PinnedUsername {
  readonly username: string
  readonly from: 'url' | 'insteadOf' | 'credential.username' | 'helper'
  readonly where: string
  /** Name of the remote, when its URL is the one that pins. */
  readonly remote?: string
  /** It has a URL of its own for pushing, and that one pins. */
  readonly isPushUrl?: true
  readonly setting?: {
    readonly file: string
    readonly key: string
    readonly value: string
    readonly line?: number
    /** The username is a secret in the wrong field, so that no command may repeat the setting. */
    readonly isSecret?: true
  }
}

/** Git fetches from one URL of a remote, and may push to others. */
export type Side = 'fetch' | 'push'

export interface Target {
  readonly parsed: RepositoryUrl
  readonly remote?: GitSetting
  /** The `url.<base>.insteadOf` or `pushInsteadOf` that changed the URL. */
  readonly rewrite?: GitSetting
  readonly broken?: BrokenUrl
  /** `https://alice:@host/`: to git that is a whole credential. */
  readonly hasEmptySecret?: true
}

export async function effectiveUrl(
  url: string,
  scene: GitScene,
  context: Context,
  settings: readonly GitSetting[],
  side: Side,
): Promise<Target> {
  const remote = await remoteFor(url, scene, context, settings, side)
  const given = remote?.value ?? url
  const effective = await asGitSeesIt(given, remote, scene, context, settings, side)
  const rewrite = effective === given ? undefined : rewriteOf(given, effective, settings, side)
  const origin = { ...(remote === undefined ? {} : { remote }), ...(rewrite === undefined ? {} : { rewrite }) }
  const broken = brokenUserinfo(effective)
  if (broken !== undefined) return brokenTarget(broken, origin, context, url)
  const parsed = parseRepositoryUrl(effective, context.seal)
  if (parsed === undefined) throw rewrite === undefined ? notBitbucket(url) : rewrittenElsewhere(url, rewrite)
  return { parsed, ...origin, ...(/^https:\/\/[^/@:]*:@/i.test(effective) ? { hasEmptySecret: true } : {}) }
}

function brokenTarget(
  broken: Pick<BrokenUrl, 'character' | 'clean'>,
  origin: Pick<Target, 'remote' | 'rewrite'>,
  context: Context,
  url: string,
): Target {
  const parsed = parseRepositoryUrl(broken.clean, context.seal)
  if (parsed === undefined) throw notBitbucket(url)
  const { remote, rewrite } = origin
  const where = rewrite === undefined ? (remote === undefined ? 'the URL' : whereOf(remote)) : whereOf(rewrite)
  const { file, line } = rewrite ?? {}
  const name = rewrite === undefined && remote !== undefined ? remoteName(remote) : undefined
  return {
    parsed,
    ...origin,
    broken: {
      ...broken,
      clean: parsed.bare,
      where,
      ...(name === undefined ? {} : { remote: name }),
      ...(name !== undefined && remote?.key.endsWith('.pushurl') === true ? { isPushUrl: true } : {}),
      ...(file === undefined || line === undefined ? {} : { line: { file, number: line } }),
    },
  }
}

async function asGitSeesIt(
  given: string,
  remote: GitSetting | undefined,
  scene: GitScene,
  context: Context,
  settings: readonly GitSetting[],
  side: Side,
): Promise<string> {
  if (remote !== undefined) return (await urlOfRemote(remoteName(remote), scene, context, side)) ?? given
  if (side === 'push') {
    const rewrite = longest(given, settings, 'pushinsteadof')
    if (rewrite !== undefined) return baseOf(rewrite) + given.slice(rewrite.value.length)
  }
  if (brokenUserinfo(given) !== undefined) return given
  const { bare, password } = withoutPassword(given)
  const { stdout } = await runGit(context, scene, ['ls-remote', '--get-url', '--', bare])
  const told = withPassword(stdout.replace(/\n$/, ''), password)
  return told === '' ? given : told
}

const STAND_IN = 'keyturn-stand-in'

/** Arguments of a process can be read by everyone on the machine, so git is asked about the URL with another secret in its place. */
function withoutPassword(url: string): { readonly bare: string; readonly password: string | undefined } {
  const found = /^(https?:\/\/[^/@:]*):([^/@]*)@(.*)$/s.exec(url)
  return found === null
    ? { bare: url, password: undefined }
    : { bare: `${found[1]}:${STAND_IN}@${found[3]}`, password: found[2] }
}

function withPassword(url: string, password: string | undefined): string {
  return password === undefined ? url : url.replace(`:${STAND_IN}@`, () => `:${password}@`)
}

/** Which setting git has followed, told by what it made of the URL. Among several that fit, the longest wins (git-config, url.<base>.insteadOf). */
function rewriteOf(
  given: string,
  effective: string,
  settings: readonly GitSetting[],
  side: Side,
): GitSetting | undefined {
  const names = side === 'push' ? ['pushinsteadof', 'insteadof'] : ['insteadof']
  const candidates = names.flatMap((name) => longest(given, settings, name) ?? [])
  return (
    candidates.find((setting) => baseOf(setting) + given.slice(setting.value.length) === effective) ?? candidates[0]
  )
}

function longest(given: string, settings: readonly GitSetting[], name: string): GitSetting | undefined {
  const fitting = settings.filter(
    ({ key, value }) => key.startsWith('url.') && key.endsWith(`.${name}`) && given.startsWith(value),
  )
  const length = Math.max(...fitting.map(({ value }) => value.length))
  return fitting.find(({ value }) => value.length === length)
}

/** `https://mirror.example.org/` of `url.https://mirror.example.org/.insteadof`. */
export function baseOf({ key }: Pick<GitSetting, 'key'>): string {
  return key.slice('url.'.length, key.lastIndexOf('.'))
}

/** A remote by its name, or the remote of the clone that means the same repository: its own spelling of the URL counts. */
async function remoteFor(
  url: string,
  scene: GitScene,
  context: Context,
  settings: readonly GitSetting[],
  side: Side,
): Promise<GitSetting | undefined> {
  const remotes = urlSettings(settings, side)
  const wanted = parseRepositoryUrl(url, context.seal)
  if (wanted === undefined) return remotes.get(url)
  if (wanted.username !== undefined || brokenUserinfo(url) !== undefined) return undefined
  for (const [name, setting] of remotes) {
    const fetched = urlSettings(settings, 'fetch').get(name)?.value ?? setting.value
    const written =
      cleaned(fetched, context) ?? cleaned((await urlOfRemote(name, scene, context, 'fetch')) ?? '', context)
    if (isSame(written, wanted)) return setting
  }
  return undefined
}

function cleaned(url: string, context: Context): RepositoryUrl | undefined {
  return parseRepositoryUrl(brokenUserinfo(url)?.clean ?? url, context.seal)
}

function isSame(a: RepositoryUrl | undefined, b: RepositoryUrl): boolean {
  return a?.repository.workspace === b.repository.workspace && a.repository.slug === b.repository.slug
}

export function remoteName({ key }: Pick<GitSetting, 'key'>): string {
  return key.slice('remote.'.length, key.lastIndexOf('.'))
}

function notBitbucket(url: string): Failure {
  const shown = neutralise(withoutUserinfo(url))
  const ssh = /^(git@|ssh:)/.test(url)
  return new Failure('R112', {
    at: shown,
    because: ssh
      ? 'SSH keys are not part of the change from app passwords'
      : 'this is not an HTTPS URL of a repository on bitbucket.org',
    state: 'Nothing was asked.',
    next: ['  keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git'],
    exitCode: 2,
  })
}

function rewrittenElsewhere(url: string, rewrite: GitSetting): Failure {
  const base = neutralise(withoutUserinfo(baseOf(rewrite)))
  const name = rewrite.key.endsWith('.pushinsteadof') ? 'pushInsteadOf' : 'insteadOf'
  return new Failure('R112', {
    at: whereOf(rewrite),
    because: `url.${name} makes git ask ${base} in place of ${neutralise(withoutUserinfo(rewrite.value))}, and that is not bitbucket.org over HTTPS`,
    state: 'Nothing was asked.',
    next:
      rewrite.scope === 'local'
        ? [
            'Remove the setting, or ask outside the clone that has it.',
            `  keyturn doctor ${shellWord(neutralise(withoutUserinfo(url)))} --folder /`,
          ]
        : ['Remove the setting; git then asks bitbucket.org.'],
    exitCode: 2,
  })
}

export function withoutUserinfo(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//')
}

/** `credential.username` is the one that git itself names when it asks a helper. */
export function pinnedUsername(
  target: Target,
  asked: { readonly username: string; readonly setting: GitSetting } | undefined,
  context: Context,
): PinnedUsername | undefined {
  const { username, secret } = target.parsed
  if (username !== undefined && secret === undefined) return pinnedByUrl(target, username, context)
  if (username !== undefined || asked === undefined) return undefined
  const name = sayableName(asked.username, context.seal)
  return {
    username: name,
    from: 'credential.username',
    where: whereOf(asked.setting),
    ...settingOf(asked.setting, name !== asked.username),
  }
}

/** A helper that names a user and gives no password: those behind it are asked for that user. */
export function pinnedByHelper(username: string, setting: GitSetting, context: Context): PinnedUsername {
  const name = sayableName(username, context.seal)
  return { username: name, from: 'helper', where: whereOf(setting), ...settingOf(setting, name !== username) }
}

function pinnedByUrl({ remote, rewrite }: Target, written: string, context: Context): PinnedUsername {
  const username = sayableName(written, context.seal)
  const isSecret = username !== written
  if (rewrite !== undefined)
    return { username, from: 'insteadOf', where: whereOf(rewrite), ...settingOf(rewrite, isSecret) }
  if (remote === undefined) return { username, from: 'url', where: 'the URL' }
  return {
    username,
    from: 'url',
    where: whereOf(remote),
    remote: remoteName(remote),
    ...(remote.key.endsWith('.pushurl') ? { isPushUrl: true } : {}),
  }
}

const HAS_SECRET = /:\/\/[^/@:]*:[^/]*@/

function settingOf({ file, key, value, line }: GitSetting, isSecret: boolean): Pick<PinnedUsername, 'setting'> {
  if (file === undefined) return {}
  const at = { file, ...(line === undefined ? {} : { line }) }
  // What is printed and written into JSON repeats no secret.
  if (isSecret || HAS_SECRET.test(key) || HAS_SECRET.test(value))
    return { setting: { ...at, key: '', value: '', isSecret: true } }
  return { setting: { ...at, key, value } }
}
