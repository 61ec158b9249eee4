import { join } from 'node:path'
import { neutralise } from '../bitbucket/evidence-text.ts'
import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Place } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import { askHelper, firstWord, type HelperAnswer, type HelperQuestion, literalAnswer } from './ask-helper.ts'
import type { CredentialQuestion } from './credential-question.ts'
import type { GitScene, GitSetting } from './git-settings.ts'
import { settingToName, whereOf } from './setting-match.ts'
import { placesIn, refOf, sayableName, sourceOf, type TraceDetectors } from './source-places.ts'
import type { Found, SilentSource } from './source-standing.ts'

interface Desk {
  readonly target: RepositoryUrl
  readonly scene: GitScene
  readonly context: Context
  readonly detectors: TraceDetectors
  /** The username that git asks for. */
  readonly wanted: string | undefined
  readonly path: CredentialQuestion['path']
}

export interface HelperAnswers {
  readonly found: readonly (Found | SilentSource)[]
  /** The last one that names a user and gives no password. */
  readonly naming?: { readonly username: string; readonly setting: GitSetting }
}

/** Each helper in force, in order: what it holds, or why it said nothing. */
export async function helperAnswers(question: CredentialQuestion, desk: Omit<Desk, 'path'>): Promise<HelperAnswers> {
  const found: (Found | SilentSource)[] = []
  let { wanted } = desk
  let naming: HelperAnswers['naming']
  let isBarred = false
  for (const helper of question.helpers) {
    const here = { ...desk, wanted, path: question.path }
    const answer = await askHelper(questionTo(helper, here, wanted))
    const told =
      answer.kind === 'answered' ? await sourcesOf(helper, answer, here) : await whatItKeeps(helper, answer, here)
    found.push(...(isBarred ? told.flatMap(barred) : told))
    if (answer.kind === 'named a user') {
      wanted = answer.username
      naming = { username: answer.username, setting: helper }
    }
    isBarred ||= answer.kind === 'told git to stop' || answer.kind === 'timed out'
  }
  return { found, ...(naming === undefined ? {} : { naming }) }
}

/** git dies, or waits for ever: what stands behind such a helper is there, and not reached. */
function barred(entry: Found | SilentSource): readonly Found[] {
  if ('outcome' in entry) return []
  return [{ ...entry, matched: false, barred: 'by a helper before it', reason: 'git does not come to it' }]
}

function questionTo(
  helper: GitSetting,
  { target, scene, context }: Pick<Desk, 'target' | 'scene' | 'context'>,
  username: HelperQuestion['username'],
): HelperQuestion {
  return { helper: helper.value, target, scene, context, username }
}

type Answered = Extract<HelperAnswer, { kind: 'answered' }>

async function sourcesOf(helper: GitSetting, answer: Answered, desk: Desk): Promise<readonly Found[]> {
  const { context, wanted } = desk
  const lines = await linesOfStore(helper.value, desk)
  const place = lines.find(({ secret }) => secret?.value?.equals(answer.secret) === true)
  const username = answer.username ?? wanted
  const named: Found = {
    kind: 'helper',
    where: helperName(helper),
    secret: answer.secret,
    shape: shapeOf(answer.secret),
    matched: username !== undefined,
    ...(username === undefined
      ? { reason: 'it gives a password and no username' }
      : { username: sayableName(username, context.seal) }),
    ...literalSetting(helper, context),
    ...ownCommand(helper),
  }
  if (place === undefined) return [named]
  return [{ ...named, where: sourceOf('helper', place).where, place: refOf(place) }, ...after(place, lines, wanted)]
}

/** What the same store holds further down: it answers with the first line that fits (git-credential-store). */
function after(place: Place, lines: readonly Place[], wanted: string | undefined): readonly Found[] {
  return lines
    .slice(lines.indexOf(place) + 1)
    .filter(({ secret }) => secret?.value !== undefined)
    .map((line) => ({
      ...sourceOf('helper', line),
      matched: wanted === undefined || line.username?.text === wanted,
    }))
}

/** It said nothing to what git asks. Asked without the name and the path that git asks for, it may. */
async function whatItKeeps(
  helper: GitSetting,
  answer: Unanswered,
  desk: Desk,
): Promise<readonly (Found | SilentSource)[]> {
  const silent: SilentSource = {
    kind: 'helper',
    where: helperName(helper),
    outcome: answer.kind,
    why: why(answer, helper),
  }
  if (answer.kind !== 'silent') return [silent]
  const dropped = await droppedByManager(helper, desk)
  if (dropped !== undefined) return [dropped]
  if (desk.wanted === undefined && desk.path === undefined) return [silent]
  const kept = await askHelper(questionTo(helper, desk, { any: true }))
  if (kept.kind !== 'answered') return [silent]
  const isOtherName = desk.wanted !== undefined && kept.username !== desk.wanted
  const sources = await sourcesOf(helper, kept, { ...desk, wanted: undefined })
  return sources.map((source) => ({
    ...source,
    matched: false,
    ...(isOtherName
      ? {}
      : {
          reason: `credential.useHttpPath makes git ask for ${desk.path?.text ?? 'the repository'} alone`,
          barred: 'by its path' as const,
          ...settingOf(desk.path?.setting),
        }),
  }))
}

/**
 * The manager checks what it stored with /2.0/user before it answers, and forgets a credential that fails there
 * (Git Credential Manager, BitbucketHostProvider.cs: ValidateCredentialsWork). Its own switch shows what it holds.
 */
async function droppedByManager(helper: GitSetting, desk: Desk): Promise<Found | undefined> {
  if (!isManager(helper.value)) return undefined
  const environment = { GCM_BITBUCKET_VALIDATE_STORED_CREDENTIALS: 'false' }
  const kept = await askHelper({ ...questionTo(helper, desk, desk.wanted), environment })
  if (kept.kind !== 'answered') return undefined
  const [source] = await sourcesOf(helper, kept, desk)
  if (source === undefined) return undefined
  return { ...source, matched: false, dropped: true, reason: 'the manager checks it with /2.0/user, and drops it' }
}

export function isManager(helper: string): boolean {
  return /(^|[/\\-])manager(-core)?(\.exe)?["']?$/.test(firstWord(helper))
}

/** The setting that holds the secret itself: no program can forget it. */
function literalSetting(helper: GitSetting, context: Context): Pick<Found, 'setting'> {
  return literalAnswer(helper.value, context) === undefined ? {} : settingOf(helper)
}

function settingOf(setting: GitSetting | undefined): Pick<Found, 'setting'> {
  const named = setting === undefined ? undefined : settingToName(setting)
  return named === undefined ? {} : { setting: named }
}

/** By which this helper alone can be told to forget. Only a plain name with plain words: nothing that could be a secret. */
function ownCommand({ value }: GitSetting): Pick<Found, 'helper'> {
  return /^[A-Za-z0-9_./ =~-]+$/.test(value) && !/AT(ATT3|CTT3|BB)/.test(value) ? { helper: value } : {}
}

/** Lines for this host, in the two files that `store` answers from, or in the one that it names. */
async function linesOfStore(helper: string, { scene, context, detectors }: Desk): Promise<readonly Place[]> {
  const files = storeFiles(helper, scene, context)
  const lines = await Promise.all(files.map((file) => placesIn(file, detectors.gitCredentials, context)))
  return lines.flat().filter(({ host }) => host === 'bitbucket.org')
}

export function storeFiles(helper: string, scene: GitScene, context: Context): readonly string[] {
  if (!/(^|[ /-])store\b/.test(helper)) return []
  const environment = context.system.processes.environment()
  const home = scene.home ?? environment['HOME'] ?? ''
  const xdg = scene.home === undefined ? environment['XDG_CONFIG_HOME'] : undefined
  const [, quoted, bare] = /--file[= ](?:"([^"]+)"|(\S+))/.exec(helper) ?? []
  const file = (quoted ?? bare)?.replace(/^~(?=\/)/, home).replaceAll("'", '')
  if (file !== undefined) return [file]
  return [join(home, '.git-credentials'), join(xdg ? xdg : join(home, '.config'), 'git/credentials')]
}

function helperName(helper: GitSetting): string {
  return `credential helper "${neutralise(firstWord(helper.value))}" (${whereOf(helper)})`
}

type Unanswered = Exclude<HelperAnswer, Answered>

function why(answer: Unanswered, helper: GitSetting): string {
  switch (answer.kind) {
    case 'named a user':
      return `it names the user ${neutralise(answer.username)} and gives no password`
    case 'could not be run':
      return 'git does not find its program'
    case 'timed out':
      return 'it gave no answer in time; git itself waits for ever'
    case 'told git to stop':
      return 'it tells git to stop, so that nothing behind it is asked'
    case 'not asked':
      return 'it would open a browser; git asks it, keyturn does not'
    case 'silent':
      return /(^|[ /-])cache\b/.test(helper.value)
        ? 'its daemon does not run, or holds nothing for this host'
        : 'it holds nothing for this host'
  }
}
