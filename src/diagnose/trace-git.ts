import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Context } from '../model/ports.ts'
import type { Repository } from '../model/use.ts'
import { helperAnswers } from './credential-helpers.ts'
import { type GitScene, type GitSetting, gitSettings } from './git-settings.ts'
import { effectiveUrl, type PinnedUsername, pinnedUsername, type Target } from './git-target.ts'
import { netrcSources } from './netrc-sources.ts'
import { matching, whereOf } from './setting-match.ts'
import { placeIn, refOf, type TraceDetectors } from './source-places.ts'
import { type Found, type Source, withStanding } from './source-standing.ts'

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

/** What is known from elsewhere to be handed to git by an askpass program: the credential of a Jenkins job. */
export type Askpass = Pick<Source, 'where' | 'username' | 'secret'>

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
    ...(await netrcSources(scene, context, detectors, pinned)),
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
