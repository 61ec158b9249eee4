import { neutralise } from '../bitbucket/evidence-text.ts'
import { parseRepositoryUrl, type RepositoryUrl } from '../bitbucket/repository-url.ts'
import { Failure } from '../model/failure.ts'
import type { Context } from '../model/ports.ts'
import { type GitScene, type GitSetting, runGit } from './git-settings.ts'
import { lastMatching, whereOf } from './setting-match.ts'
import { shellWord } from './shell-word.ts'

/** A username that decides before any credential is looked up. */
export interface PinnedUsername {
  readonly username: string
  readonly from: 'url' | 'insteadOf' | 'credential.username'
  readonly where: string
  /** Name of the remote, when its URL is the one that pins. */
  readonly remote?: string
  readonly setting?: { readonly file: string; readonly key: string; readonly value: string }
}

export interface Target {
  readonly parsed: RepositoryUrl
  readonly remote?: GitSetting
  /** The `url.<base>.insteadOf` that changed the URL. */
  readonly rewrite?: GitSetting
}

export async function effectiveUrl(
  url: string,
  scene: GitScene,
  context: Context,
  settings: readonly GitSetting[],
): Promise<Target> {
  const remote = remoteFor(url, context, settings)
  const given = remote?.value ?? url
  const { bare, password } = withoutPassword(given)
  const { stdout } = await runGit(context, scene, ['ls-remote', '--get-url', '--', bare])
  const effective = withPassword(stdout.replace(/\n$/, ''), password)
  const parsed = parseRepositoryUrl(effective === '' ? given : effective, context.seal)
  const rewrite = effective === given ? undefined : rewriteOf(given, settings)
  if (parsed === undefined) throw rewrite === undefined ? notBitbucket(url) : rewrittenElsewhere(url, rewrite)
  return { parsed, ...(remote === undefined ? {} : { remote }), ...(rewrite === undefined ? {} : { rewrite }) }
}

/** Arguments of a process can be read by everyone on the machine, so git is asked about the URL without its secret. */
function withoutPassword(url: string): { readonly bare: string; readonly password: string | undefined } {
  const found = /^(https?:\/\/[^/@:]*):([^/@]*)@(.*)$/s.exec(url)
  return found === null ? { bare: url, password: undefined } : { bare: `${found[1]}@${found[3]}`, password: found[2] }
}

function withPassword(url: string, password: string | undefined): string {
  return password === undefined
    ? url
    : url.replace(/^(https?:\/\/[^/@:]*)@/, (_, start: string) => `${start}:${password}@`)
}

/** The longest `insteadOf` wins (git-config, url.<base>.insteadOf). */
function rewriteOf(given: string, settings: readonly GitSetting[]): GitSetting | undefined {
  const rewrites = settings.filter(({ key, value }) => isRewrite(key) && given.startsWith(value))
  const longest = Math.max(...rewrites.map(({ value }) => value.length))
  return rewrites.find(({ value }) => value.length === longest)
}

function isRewrite(key: string): boolean {
  return key.startsWith('url.') && key.endsWith('.insteadof')
}

/** A remote by its name, or the remote of the clone that means the same repository: its own spelling of the URL counts. */
function remoteFor(url: string, context: Context, settings: readonly GitSetting[]): GitSetting | undefined {
  const urls = settings.filter(({ key }) => /^remote\..+\.url$/.test(key))
  const wanted = parseRepositoryUrl(url, context.seal)
  if (wanted === undefined) return urls.find(({ key }) => key === `remote.${url}.url`)
  if (wanted.username !== undefined) return undefined
  return urls.find(({ value }) => {
    const candidate = parseRepositoryUrl(value, context.seal)?.repository
    return candidate?.workspace === wanted.repository.workspace && candidate.slug === wanted.repository.slug
  })
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
  const base = neutralise(withoutUserinfo(rewrite.key.slice('url.'.length, -'.insteadof'.length)))
  return new Failure('R112', {
    at: whereOf(rewrite),
    because: `url.insteadOf makes git ask ${base} in place of ${neutralise(withoutUserinfo(rewrite.value))}, and that is not bitbucket.org over HTTPS`,
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

function withoutUserinfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}

export function pinnedUsername(target: Target, settings: readonly GitSetting[]): PinnedUsername | undefined {
  const { username, secret } = target.parsed
  if (username !== undefined && secret === undefined) return pinnedByUrl(target, username)
  if (username !== undefined) return undefined
  const setting = lastMatching(settings, 'credential', 'username', target.parsed)
  if (setting === undefined) return undefined
  return { username: setting.value, from: 'credential.username', where: whereOf(setting), ...settingOf(setting) }
}

function pinnedByUrl({ remote, rewrite }: Target, username: string): PinnedUsername {
  if (rewrite !== undefined) return { username, from: 'insteadOf', where: whereOf(rewrite), ...settingOf(rewrite) }
  if (remote === undefined) return { username, from: 'url', where: 'the URL' }
  return {
    username,
    from: 'url',
    where: whereOf(remote),
    remote: remote.key.slice('remote.'.length, -'.url'.length),
    ...settingOf(remote),
  }
}

function settingOf({ file, key, value }: GitSetting): Pick<PinnedUsername, 'setting'> {
  return file === undefined ? {} : { setting: { file, key, value } }
}
