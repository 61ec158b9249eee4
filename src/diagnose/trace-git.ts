import { join } from 'node:path'
import { neutralise } from '../bitbucket/evidence-text.ts'
import { parseRepositoryUrl, type RepositoryUrl } from '../bitbucket/repository-url.ts'
import { shapeOf, type TokenShape } from '../bitbucket/token-shape.ts'
import type { Detector } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import type { Repository } from '../model/use.ts'
import { bytesOf, type GitScene, type GitSetting, gitSettings, runGit } from './git-settings.ts'

/**
 * `sent first`: git sends it with its first authenticated request. `sent next`: only after the one before was answered 401.
 * `masked`: never reached. `not matched`: it holds a credential for this host under another username than git asks for.
 */
export type Standing = 'sent first' | 'sent next' | 'masked' | 'not matched'

/** One thing that git or libcurl would take a credential from. */
export interface Source {
  readonly kind: 'extra header' | 'url userinfo' | 'netrc' | 'helper' | 'askpass'
  /** `/home/alice/.gitconfig:4`, or the helper's name. */
  readonly where: string
  readonly username?: string
  readonly secret?: Secret
  readonly shape?: TokenShape
  readonly standing: Standing
  readonly why: string
  /** The place that a change would touch, where a detector finds it. */
  readonly place?: PlaceRef
  /** For extra headers: the setting as `git config --file` wants it. */
  readonly setting?: { readonly file: string; readonly key: string }
}

/** A username that decides before any credential is looked up. */
export interface PinnedUsername {
  readonly username: string
  readonly from: 'url' | 'insteadOf' | 'credential.username'
  readonly where: string
  /** Name of the remote, when its URL is the one that pins. */
  readonly remote?: string
  readonly setting?: { readonly file: string; readonly key: string; readonly value: string }
}

/** Where git would take a credential from, in the order in which it would. */
export interface GitChain {
  /** The URL that git would ask, after `insteadOf`, without userinfo. */
  readonly url: string
  readonly repository: Repository
  readonly home?: string
  readonly folder?: string
  readonly pinned?: PinnedUsername
  readonly sources: readonly Source[]
}

export interface TraceDetectors {
  readonly netrc?: Detector
  readonly gitCredentials?: Detector
  readonly gitConfig?: Detector
}

/** What is known from elsewhere to be handed to git by an askpass program: the credential of a Jenkins job. */
export type Askpass = Pick<Source, 'where' | 'username' | 'secret'>

/** A source before its standing is known. */
type Found = Omit<Source, 'standing' | 'why'> & { readonly matched: boolean }

/**
 * Asks git itself, with every prompt off, and lets it neither store nor erase anything.
 * Order: `http.extraHeader` replaces every other Authorization; userinfo with a secret ends the search; libcurl reads netrc before
 * git asks a helper; helpers answer in the order of the configuration (docs/bitbucket-authentication.md, "What git does").
 */
export async function traceGit(
  url: string,
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
  askpass?: Askpass,
): Promise<GitChain> {
  const settings = await gitSettings(context, scene, '^(http|credential|url|remote|core)\\..*')
  const target = await effectiveUrl(url, scene, context, settings)
  const pinned = pinnedUsername(target, settings)
  const found = [
    ...(await extraHeaders(target.parsed, settings, context, detectors)),
    ...(await userinfo(target, context, detectors)),
    ...(await netrcEntries(scene, context, detectors)),
    ...(await helperAnswers(target.parsed, scene, context, detectors, settings, pinned?.username)),
    ...askpassPrograms(settings, context, askpass),
  ]
  return {
    url: target.parsed.bare,
    repository: target.parsed.repository,
    ...scene,
    ...(pinned === undefined ? {} : { pinned }),
    sources: withStanding(found, pinned),
  }
}

interface Target {
  readonly parsed: RepositoryUrl
  readonly remote?: GitSetting
  /** The `url.<base>.insteadOf` that changed the URL. */
  readonly rewrite?: GitSetting
}

async function effectiveUrl(
  url: string,
  scene: GitScene,
  context: Context,
  settings: readonly GitSetting[],
): Promise<Target> {
  const remote = remoteFor(url, context, settings)
  const given = remote?.value ?? url
  const { stdout } = await runGit(context, scene, ['ls-remote', '--get-url', '--', given])
  const effective = stdout.replace(/\n$/, '')
  const parsed = parseRepositoryUrl(effective === '' ? given : effective, context.seal)
  if (parsed === undefined) throw notBitbucket(url)
  const rewrite =
    effective === given ? undefined : settings.find(({ key, value }) => isRewrite(key) && given.startsWith(value))
  return { parsed, ...(remote === undefined ? {} : { remote }), ...(rewrite === undefined ? {} : { rewrite }) }
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
  const shown = neutralise(url.replace(/\/\/[^/@]*@/, '//'))
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

function pinnedUsername(target: Target, settings: readonly GitSetting[]): PinnedUsername | undefined {
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

async function extraHeaders(
  target: RepositoryUrl,
  settings: readonly GitSetting[],
  context: Context,
  detectors: TraceDetectors,
): Promise<readonly Found[]> {
  const found: Found[] = []
  // The most specific URL wins, and git reads it after the general one.
  for (const setting of matching(settings, 'http', 'extraheader', target).reverse()) {
    const login = loginOfHeader(setting.value)
    if (login === undefined) continue
    const secret = context.seal(login.secret)
    const source: Found = {
      kind: 'extra header',
      where: whereOf(setting),
      secret,
      shape: shapeOf(secret),
      matched: true,
    }
    const place =
      setting.file === undefined ? undefined : await placeIn(setting.file, detectors.gitConfig, context, secret)
    found.push({
      ...source,
      ...(login.username === undefined ? {} : { username: login.username }),
      ...(place === undefined ? {} : { place: refOf(place) }),
      ...(setting.file === undefined ? {} : { setting: { file: setting.file, key: setting.key } }),
    })
  }
  return found
}

function loginOfHeader(header: string): { readonly username?: string; readonly secret: string } | undefined {
  const [, scheme = '', value = ''] = /^authorization:\s*(basic|bearer)\s+(\S+)\s*$/i.exec(header) ?? []
  if (value === '') return undefined
  if (scheme.toLowerCase() === 'bearer') return { secret: value }
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? { secret: pair } : { username: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}

async function userinfo(target: Target, context: Context, detectors: TraceDetectors): Promise<readonly Found[]> {
  const { username, secret } = target.parsed
  if (secret === undefined) return []
  const setting = target.rewrite ?? target.remote
  const place =
    setting?.file === undefined ? undefined : await placeIn(setting.file, detectors.gitConfig, context, secret)
  return [
    {
      kind: 'url userinfo',
      where: setting === undefined ? 'the URL' : whereOf(setting),
      secret,
      shape: shapeOf(secret),
      matched: true,
      ...(username === undefined ? {} : { username }),
      ...(place === undefined ? {} : { place: refOf(place) }),
    },
  ]
}

async function netrcEntries(scene: GitScene, context: Context, detectors: TraceDetectors): Promise<readonly Found[]> {
  const home = scene.home ?? context.system.processes.environment()['HOME']
  if (home === undefined) return []
  const places = (
    await Promise.all(['.netrc', '_netrc'].map((name) => placesIn(join(home, name), detectors.netrc, context)))
  ).flat()
  const first = places.find(({ host, secret }) => host === 'bitbucket.org' && secret?.value !== undefined)
  return first === undefined ? [] : [sourceOf('netrc', first)]
}

function sourceOf(kind: Source['kind'], place: Place): Found {
  const secret = place.secret?.value
  return {
    kind,
    where:
      place.at.kind === 'file' ? `${place.at.path}${place.line === undefined ? '' : `:${place.line}`}` : place.at.url,
    matched: true,
    place: refOf(place),
    ...(place.username === undefined ? {} : { username: place.username.text }),
    ...(secret === undefined ? {} : { secret, shape: shapeOf(secret) }),
  }
}

async function helperAnswers(
  target: RepositoryUrl,
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
  settings: readonly GitSetting[],
  pinned: string | undefined,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const helper of helpersInForce(settings, target)) {
    const answer =
      (await askHelper(helper.value, target, scene, context, pinned)) ??
      (pinned === undefined ? undefined : await askHelper(helper.value, target, scene, context, undefined))
    if (answer === undefined) continue
    const place = await placeOfHelper(helper.value, scene, context, detectors, answer.secret)
    const matched = pinned === undefined || answer.username === pinned
    const named: Found = {
      kind: 'helper',
      where: helperName(helper),
      ...answer,
      shape: shapeOf(answer.secret),
      matched,
    }
    found.push(place === undefined ? named : { ...named, where: sourceOf('helper', place).where, place: refOf(place) })
  }
  return found
}

/** An empty value clears the list that was read before it (git-config, credential.helper). */
function helpersInForce(settings: readonly GitSetting[], target: RepositoryUrl): readonly GitSetting[] {
  const all = matching(settings, 'credential', 'helper', target)
  return all.slice(all.findLastIndex(({ value }) => value === '') + 1)
}

async function askHelper(
  helper: string,
  target: RepositoryUrl,
  scene: GitScene,
  context: Context,
  username: string | undefined,
): Promise<{ readonly username?: string; readonly secret: Secret } | undefined> {
  const url = new URL(target.bare)
  const lines = [`protocol=https`, `host=${url.host}`, `path=${url.pathname.slice(1)}`]
  const input = `${[...lines, ...(username === undefined ? [] : [`username=${username}`])].join('\n')}\n\n`
  // The empty value first: no other helper may answer, and `fill` neither stores nor erases.
  const only = ['-c', 'credential.helper=', '-c', `credential.helper=${helper}`, 'credential', 'fill']
  const { stdout, exitCode } = await runGit(context, scene, only, input)
  if (exitCode !== 0) return undefined
  const value = (key: string) =>
    stdout
      .split('\n')
      .find((line) => line.startsWith(`${key}=`))
      ?.slice(key.length + 1)
  const [name, password] = [value('username'), value('password')]
  if (password === undefined || password === '') return undefined
  return { ...(name === undefined ? {} : { username: name }), secret: context.seal(password) }
}

async function placeOfHelper(
  helper: string,
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
  secret: Secret,
): Promise<Place | undefined> {
  if (!/(^|[ /-])store\b/.test(helper)) return undefined
  const home = scene.home ?? context.system.processes.environment()['HOME'] ?? ''
  const [, quoted, bare] = /--file[= ](?:"([^"]+)"|(\S+))/.exec(helper) ?? []
  const named = (quoted ?? bare)?.replace(/^~(?=\/)/, home).replaceAll("'", '')
  const files = named === undefined ? [join(home, '.git-credentials'), join(home, '.config/git/credentials')] : [named]
  for (const file of files) {
    const place = await placeIn(file, detectors.gitCredentials, context, secret)
    if (place !== undefined) return place
  }
  return undefined
}

function helperName(helper: GitSetting): string {
  return `credential helper "${neutralise(helper.value.split(' ')[0] ?? '')}" (${whereOf(helper)})`
}

function askpassPrograms(
  settings: readonly GitSetting[],
  context: Context,
  given: Askpass | undefined,
): readonly Found[] {
  if (given !== undefined)
    return [
      {
        kind: 'askpass',
        ...given,
        matched: true,
        ...(given.secret === undefined ? {} : { shape: shapeOf(given.secret) }),
      },
    ]
  const environment = context.system.processes.environment()
  const setting = settings.findLast(({ key }) => key === 'core.askpass')
  if (environment['GIT_ASKPASS']) return [{ kind: 'askpass', where: 'GIT_ASKPASS in the environment', matched: true }]
  if (setting !== undefined) return [{ kind: 'askpass', where: whereOf(setting), matched: true }]
  return []
}

function withStanding(found: readonly Found[], pinned: PinnedUsername | undefined): readonly Source[] {
  let before: Found | undefined
  return found.map((entry) => {
    const { matched, ...source } = entry
    if (!matched)
      return {
        ...source,
        standing: 'not matched' as const,
        why: `git asks for the username ${pinned?.username ?? ''} only`,
      }
    if (before === undefined) {
      before = entry
      return { ...source, standing: 'sent first' as const, why: firstWhy(entry.kind) }
    }
    // libcurl answers the first 401 from netrc; only when that is refused with 401 does git ask its helpers.
    if (before.kind === 'netrc')
      return { ...source, standing: 'sent next' as const, why: 'git asks it only after netrc was answered 401' }
    if (before.kind === 'helper' && entry.kind === 'helper')
      return { ...source, standing: 'masked' as const, why: 'the helper before it answers' }
    return { ...source, standing: 'masked' as const, why: `the ${before.kind} before it answers` }
  })
}

function firstWhy(kind: Source['kind']): string {
  if (kind === 'extra header') return 'an Authorization header from the configuration replaces every other credential'
  if (kind === 'url userinfo') return 'the URL holds the credential, so git asks nobody else'
  if (kind === 'netrc') return 'libcurl reads netrc before git asks a helper'
  if (kind === 'helper') return 'the helper answers before anything is asked of a person or a program'
  return 'nothing before it answers'
}

function matching(settings: readonly GitSetting[], section: string, name: string, target: RepositoryUrl): GitSetting[] {
  return settings.filter(({ key }) => {
    if (key === `${section}.${name}`) return true
    if (!key.startsWith(`${section}.`) || !key.endsWith(`.${name}`)) return false
    return coversUrl(key.slice(section.length + 1, -name.length - 1), target)
  })
}

function lastMatching(
  settings: readonly GitSetting[],
  section: string,
  name: string,
  target: RepositoryUrl,
): GitSetting | undefined {
  return matching(settings, section, name, target).at(-1)
}

/** The rule of git-config, `http.<url>.*`: same scheme, host (with `*`) and port; the path is a prefix at a slash; a user must be equal. */
function coversUrl(pattern: string, target: RepositoryUrl): boolean {
  const written = pattern.includes('://') ? pattern : `https://${pattern}`
  if (!URL.canParse(written)) return false
  const [wanted, url] = [new URL(written), new URL(target.bare)]
  const path = wanted.pathname.replace(/\/$/, '')
  const host = new RegExp(`^${wanted.host.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]+')}$`)
  if (wanted.protocol !== url.protocol || !host.test(url.host)) return false
  if (wanted.username !== '' && decodeURIComponent(wanted.username) !== target.username) return false
  return url.pathname === path || url.pathname.startsWith(`${path}/`)
}

async function placeIn(
  path: string,
  detector: Detector | undefined,
  context: Context,
  secret: Secret,
): Promise<Place | undefined> {
  return (await placesIn(path, detector, context)).find((place) => place.secret?.value?.equals(secret) === true)
}

async function placesIn(path: string, detector: Detector | undefined, context: Context): Promise<readonly Place[]> {
  if (detector === undefined) return []
  const bytes = await bytesOf(context, path)
  if (bytes.length === 0) return []
  return detector.detect({ path, bytes, seal: context.seal, companion: () => undefined }).places
}

function refOf({ id, consumer, at, address }: Place): PlaceRef {
  return { id, consumer, at, address }
}

function whereOf({ file, line, scope, key }: GitSetting): string {
  if (file === undefined) return `${key} (${scope === 'command' ? 'environment or command line' : scope})`
  return line === undefined ? file : `${file}:${line}`
}
