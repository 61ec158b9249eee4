import { neutralise } from '../bitbucket/evidence-text.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Context } from '../model/ports.ts'
import type { Operation, Repository } from '../model/use.ts'
import type { BrokenUrl } from './broken-url.ts'
import { chainNotes, type Note } from './chain-notes.ts'
import { helperAnswers } from './credential-helpers.ts'
import { type CredentialQuestion, credentialQuestion } from './credential-question.ts'
import { extraHeaders } from './extra-headers.ts'
import { whyGitIsCutOff } from './git-network.ts'
import { type GitScene, type GitSetting, gitSettings } from './git-settings.ts'
import {
  effectiveUrl,
  type PinnedUsername,
  pinnedByHelper,
  pinnedUsername,
  remoteName,
  type Side,
  type Target,
} from './git-target.ts'
import { type HelperHome, helperHome } from './helper-home.ts'
import { netrcSources } from './netrc-sources.ts'
import { whereOf } from './setting-match.ts'
import { placeIn, refOf, sayableName, type TraceDetectors } from './source-places.ts'
import { type Found, isSilent, type SilentSource, type Source, type Step, withStanding } from './source-standing.ts'

/** Where git would take a credential from, in the order in which it would. */
export interface GitChain {
  /** The URL that git would ask, after `insteadOf`, without userinfo. */
  readonly url: string
  readonly repository: Repository
  readonly home?: string
  readonly folder?: string
  /** Absent: fetching. */
  readonly side?: 'push'
  readonly pinned?: PinnedUsername
  readonly sources: readonly Source[]
  /** The same sources with those between them that say nothing. */
  readonly steps?: readonly (SilentSource | { readonly source: number })[]
  /** How the URL came about: the remote, then what changed it. */
  readonly route?: readonly Note[]
  /** What is no credential and worth a look. */
  readonly notes?: readonly Note[]
  readonly broken?: BrokenUrl
  /** Where a new credential would be kept. */
  readonly keeps?: HelperHome
  /** What git says when its own network does not lead to Bitbucket. */
  readonly cutOff?: string
}

/** What is known from elsewhere to be handed to git by an askpass program: the credential of a Jenkins job. */
export type Askpass = Pick<Source, 'where' | 'username' | 'secret'>

const SETTINGS = '^(http|credential|url|remote|core|lfs|submodule)\\..*'

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
  use: Operation = 'git-fetch',
): Promise<GitChain> {
  const side: Side = use === 'git-push' ? 'push' : 'fetch'
  const settings = await gitSettings(context, scene, SETTINGS)
  const target = await effectiveUrl(url, scene, context, settings, side)
  const question = await credentialQuestion(target.parsed, settings, scene, context)
  const written = pinnedUsername(target, question.pinned, context)
  const helpers = await helperAnswers(question, {
    target: whatHelpersAreAsked(target),
    scene,
    context,
    detectors,
    wanted: wanted(target, written),
  })
  const { naming } = helpers
  const pinned = written ?? (naming && pinnedByHelper(naming.username, naming.setting, context))
  const found = [
    ...(await extraHeaders(target.parsed, settings, scene, context, detectors)),
    ...(await userinfo(target, context, detectors)),
    ...(await netrcSources(scene, context, detectors, written)),
    ...helpers.found,
    ...askpassPrograms(settings, context, scene, askpass),
  ]
  const cutOff = await whyGitIsCutOff(target.parsed.bare, settings, scene, context)
  const { helperSeconds: _, ...here } = scene
  return {
    url: target.parsed.bare,
    repository: target.parsed.repository,
    ...here,
    ...(side === 'push' ? { side } : {}),
    ...(pinned === undefined ? {} : { pinned }),
    ...told(withStanding(found, pinned)),
    route: routeOf(target),
    notes: [...resetNote(question), ...(await chainNotes({ target, settings, scene, context, side }))],
    ...(target.broken === undefined ? {} : { broken: target.broken }),
    keeps: keepsOf(question, found),
    ...(cutOff === undefined ? {} : { cutOff }),
  }
}

/** Behind a URL with a secret no helper is asked. What it would say without that userinfo is what the repair can count on. */
function whatHelpersAreAsked({ parsed, hasEmptySecret }: Target): Target['parsed'] {
  const { username, secret, ...bare } = parsed
  const isWhole = secret !== undefined || hasEmptySecret === true
  return isWhole || username === undefined ? bare : { ...bare, username }
}

function wanted({ hasEmptySecret }: Target, pinned: PinnedUsername | undefined): string | undefined {
  return hasEmptySecret === true ? undefined : pinned?.username
}

function told(steps: readonly Step[]): Pick<GitChain, 'sources' | 'steps'> {
  const sources: Source[] = []
  return {
    steps: steps.map((step) => (isSilent(step) ? step : { source: sources.push(step) - 1 })),
    sources,
  }
}

function resetNote({ reset }: CredentialQuestion): readonly Note[] {
  return reset === undefined
    ? []
    : [{ where: whereOf(reset), text: 'the empty credential.helper takes back every helper that was read before it' }]
}

function keepsOf(question: CredentialQuestion, found: readonly (Found | SilentSource)[]): HelperHome {
  const silent = found.filter((entry): entry is SilentSource => isSilent(entry) && entry.kind === 'helper')
  return helperHome(question, silent)
}

function routeOf({ remote, rewrite }: Target): readonly Note[] {
  return [
    ...(remote === undefined ? [] : [{ where: whereOf(remote), text: `remote ${neutralise(remoteName(remote))}` }]),
    ...(rewrite === undefined
      ? []
      : [{ where: whereOf(rewrite), text: rewrite.key.endsWith('.pushinsteadof') ? 'pushInsteadOf' : 'insteadOf' }]),
  ].map(({ where, text }) => ({ where: neutralise(where), text }))
}

async function userinfo(
  target: Target,
  context: Context,
  detectors: TraceDetectors,
): Promise<readonly (Found | SilentSource)[]> {
  const { username, secret } = target.parsed
  const setting = target.rewrite ?? target.remote
  const where = setting === undefined ? 'the URL' : whereOf(setting)
  if (target.hasEmptySecret === true)
    return [
      {
        kind: 'url userinfo',
        where,
        matched: true,
        ...(username === undefined ? {} : { username: sayableName(username, context.seal) }),
      },
    ]
  if (target.broken !== undefined)
    return [
      {
        kind: 'url userinfo',
        where,
        outcome: 'broken',
        why: `it holds ${target.broken.character}, so that git asks another host`,
      },
    ]
  if (secret === undefined) return []
  const { remote } = target
  const place =
    setting?.file === undefined ? undefined : await placeIn(setting.file, detectors.gitConfig, context, secret)
  return [
    {
      kind: 'url userinfo',
      where,
      secret,
      shape: shapeOf(secret),
      matched: true,
      ...(username === undefined ? {} : { username: sayableName(username, context.seal) }),
      ...(place === undefined ? {} : { place: refOf(place) }),
      ...(remote === undefined || target.rewrite !== undefined
        ? {}
        : { remote: { name: remoteName(remote), isPushUrl: remote.key.endsWith('.pushurl') } }),
    },
  ]
}

function askpassPrograms(
  settings: readonly GitSetting[],
  context: Context,
  { home }: GitScene,
  given: Askpass | undefined,
): readonly (Found | SilentSource)[] {
  if (given !== undefined)
    return [
      {
        kind: 'askpass',
        ...given,
        matched: true,
        ...(given.secret === undefined ? {} : { shape: shapeOf(given.secret) }),
      },
    ]
  const program = askpassProgram(settings, home === undefined ? context.system.processes.environment() : {})
  if (program === undefined) return []
  // This one is for a person at a screen; the others can be scripts that hold a secret.
  if (program.name === 'SSH_ASKPASS')
    return [{ kind: 'askpass', where: program.where, outcome: 'not asked', why: ASKS }]
  return [{ kind: 'askpass', where: program.where, matched: true }]
}

const ASKS = 'git would run it to ask a person; keyturn does not'

interface AskpassProgram {
  readonly name: 'GIT_ASKPASS' | 'core.askPass' | 'SSH_ASKPASS'
  readonly where: string
}

/** In git's order; an empty GIT_ASKPASS switches all three off (git, prompt.c: git_prompt). */
function askpassProgram(
  settings: readonly GitSetting[],
  environment: Readonly<Record<string, string>>,
): AskpassProgram | undefined {
  const inEnvironment = (name: 'GIT_ASKPASS' | 'SSH_ASKPASS'): AskpassProgram | undefined =>
    environment[name] ? { name, where: `${name} in the environment` } : undefined
  if (environment['GIT_ASKPASS'] !== undefined) return inEnvironment('GIT_ASKPASS')
  const setting = settings.findLast(({ key }) => key === 'core.askpass')
  if (setting === undefined) return inEnvironment('SSH_ASKPASS')
  return setting.value === '' ? undefined : { name: 'core.askPass', where: whereOf(setting) }
}
