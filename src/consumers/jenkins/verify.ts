import type { Answer, Evidence, UnknownReason } from '../../model/answer.ts'
import { itemOfUse } from '../../model/builds-allowed.ts'
import type { Verifier } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { CheckUrlOutcome } from '../../model/jenkins-findings.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import type { Use } from '../../model/use.ts'
import { parseAddress } from './address.ts'
import { checkBranchSource, checkUrlDifferential, type Differential, type UrlCheck } from './check-url.ts'
import type { JenkinsClient } from './client.ts'
import { loginFor, openController } from './connect.ts'
import { type ItemReference, itemReferences } from './item-config.ts'
import { itemConfig } from './item-document.ts'
import type { JobCredentialsAddress } from './job-credentials-place.ts'
import { withoutUserinfo } from './plain-words.ts'
import { OF_THE_AGENT, proveByBuild } from './prove-by-build.ts'
import { meaningOf } from './refusal-words.ts'

/** Proves a stored credential from the controller itself, without its plain text; a build is started where a person allowed one. */
export const jenkinsVerifier: Verifier = {
  verify: async (place, use, context) => {
    const client = openController(loginFor(place, context), context)
    try {
      return await ask(client, place, use, context)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return unanswered(client, error)
    }
  },
}

async function ask(client: JenkinsClient, place: PlaceRef, use: Use, context: Context): Promise<Answer> {
  const subject = await subjectOf(client, place, use)
  const told = await askForms(client, subject, use)
  const { item, url, credentialsId } = subject
  // The console of a build names no credential for what its URL holds.
  if (context.builds === undefined || told.kind === 'no' || !credentialsId) return told
  const isBranchSource = use.by.endsWith(BRANCH_SOURCE)
  const wantsPullRequests = isBranchSource && item !== undefined && (await looksForPullRequests(client, item))
  const question = { item, url, credentialsId, use, isBranchSource, wantsPullRequests }
  const built = await proveByBuild(client, question, context)
  return built === undefined ? told : both(told, built)
}

/** Traits of its source (branch-source, OriginPullRequestDiscoveryTrait and ForkPullRequestDiscoveryTrait). */
async function looksForPullRequests(client: JenkinsClient, item: string): Promise<boolean> {
  const config = await itemConfig(client, item)
  return config !== undefined && /PullRequestDiscoveryTrait\b/.test(config.source)
}

/** A refusal decides; what was proved on the controller stays proved where the build tells nothing. */
function both(told: Answer, built: Answer): Answer {
  if (told.kind !== 'yes') return built
  const { asked, answered } = built.evidence
  // The controller has proved that the credential holds none.
  if (built.kind === 'no' && built.reason === 'app password removed')
    return unknown('unexpected reply', asked, OF_THE_AGENT)
  if (built.kind === 'no') return built
  return { ...told, evidence: { ...told.evidence, answered: `${told.evidence.answered}; ${asked}: ${answered}` } }
}

async function askForms(client: JenkinsClient, subject: Subject, use: Use): Promise<Answer> {
  if (use.operation === 'web') return notAsked(client, 'Jenkins has no question that shows web downloads')
  if (subject.credentialsId === undefined) return notAsked(client, 'the job selects no credential')
  if (use.operation === 'rest') return askBranchSource(client, subject.item, subject.credentialsId)
  if (use.by.endsWith(BRANCH_SOURCE))
    return notAsked(
      client,
      'Branch Source changes the username for git by itself, and Jenkins has no question that shows it',
    )
  if (subject.url === undefined) return notAsked(client, 'no repository is known to try this credential on')
  const check: UrlCheck = { item: subject.item, url: subject.url, credentialsId: subject.credentialsId }
  const answer = answerOf(client, check, await checkUrlDifferential(client, check))
  return use.operation === 'git-push' && answer.kind === 'yes'
    ? { kind: 'unknown', reason: 'not asked', evidence: { ...answer.evidence, answered: READ_ONLY } }
    : answer
}

const BRANCH_SOURCE = ' (Branch Source)'
const READ_ONLY = 'reading works; Jenkins has no question that shows pushing'

interface Subject {
  readonly item: string | undefined
  readonly url: string | undefined
  /** Empty: it is the secret of the URL. */
  readonly credentialsId: string | undefined
}

/** The URL as the job has it, `user@` included, because that decides which username git sends. */
async function subjectOf(client: JenkinsClient, place: PlaceRef, use: Use): Promise<Subject> {
  const address = parseAddress(place.address)
  if (address.kind === 'job url') {
    const references = await gitReferences(client, address.item)
    const own = references.find((reference) => reference.kind === 'git' && reference.remote === address.remote)
    const credentialsId = own?.url.password === undefined ? own?.credentialsId : ''
    return { item: address.item, url: own?.text, credentialsId }
  }
  if (address.kind === 'job credentials') return namedByItem(client, address, use)
  const item = itemOfUse(use.by)
  const canonical = use.repository && `https://bitbucket.org/${use.repository.workspace}/${use.repository.slug}.git`
  const written = item === undefined ? undefined : await writtenUrl(client, item, address.id, use)
  return { item, url: written ?? canonical, credentialsId: address.id }
}

/** What the item names now; which of its remotes, the repository of the use tells. */
async function namedByItem(client: JenkinsClient, address: JobCredentialsAddress, use: Use): Promise<Subject> {
  const { item, group } = address
  const config = await itemConfig(client, item)
  const all = config === undefined ? [] : itemReferences(config)
  const own = all.filter(({ kind }) => kind === (group === 'git' ? 'git' : 'branch source'))
  const fits = (repository: Use['repository']): boolean =>
    use.repository === undefined || isSame(repository, use.repository)
  const reference = own.find((each) => fits(each.kind === 'branch source' ? each.repository : each.url.repository))
  const url = reference === undefined || reference.kind === 'branch source' ? undefined : reference.text
  return { item, url, credentialsId: reference?.credentialsId }
}

async function writtenUrl(client: JenkinsClient, item: string, id: string, use: Use): Promise<string | undefined> {
  const references = await gitReferences(client, item).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'R403') return []
    throw error
  })
  const fitting = references.filter((reference) => reference.credentialsId === id)
  const same = fitting.find(({ url }) => isSame(url.repository, use.repository))
  return use.repository === undefined ? fitting[0]?.text : same?.text
}

/** A fork has the name of what it was made from; Bitbucket does not tell upper case from lower. */
function isSame(one: Use['repository'], other: Use['repository']): boolean {
  const key = (repository: Use['repository']) => `${repository?.workspace}/${repository?.slug}`.toLowerCase()
  return key(one) === key(other)
}

type WithUrl = Exclude<ItemReference, { kind: 'branch source' }>

async function gitReferences(client: JenkinsClient, item: string): Promise<readonly WithUrl[]> {
  const config = await itemConfig(client, item)
  const references = config === undefined ? [] : itemReferences(config)
  return references.filter((reference): reference is WithUrl => reference.kind !== 'branch source')
}

export function answerOf(client: JenkinsClient, check: UrlCheck, outcome: Differential): Answer {
  const asked = questionOf(client, check)
  if (outcome.with.kind === 'not asked')
    return unknown('not asked', asked, 'the URL holds a variable, which Jenkins does not try')
  if (outcome.without.kind === 'connected') {
    return unknown(
      'unexpected reply',
      asked,
      'the controller can read it without this credential, or did not try: nothing is proved',
    )
  }
  if (outcome.with.kind === 'connected') {
    const answered = 'connected with the credential, refused without it'
    return { kind: 'yes', scopes: 'not reported', evidence: { asked, answered } }
  }
  const meaning = meaningOf(outcome.with.words)
  if (outcome.without.kind === 'failed' && meaningOf(outcome.without.words).reason === 'app password removed') {
    return unknown('unexpected reply', asked, AMBIENT)
  }
  const evidence: Evidence = { asked, answered: outcome.with.words }
  return meaning.kind === 'no' ? { ...meaning, missing: [], evidence } : { ...meaning, evidence }
}

/** Without a credential nothing presents an app password but a helper, netrc or header of the controller's own git. */
const AMBIENT = 'git on the controller presents an app password of its own, before this credential is asked for'

function questionOf(client: JenkinsClient, { item, url, credentialsId }: UrlCheck): string {
  const where = item === undefined ? 'at the root' : `in job ${item}`
  const what = credentialsId === '' ? 'the secret of its URL' : `"${credentialsId}"`
  return `Jenkins ${client.baseUrl}, checkUrl ${where}: git ls-remote ${withoutUserinfo(url)} with ${what}`
}

async function askBranchSource(client: JenkinsClient, item: string | undefined, id: string): Promise<Answer> {
  const outcome = await checkBranchSource(client, item, id)
  const asked = `Jenkins ${client.baseUrl}, Branch Source checkCredentialsId "${id}"`
  return outcome.kind === 'failed' ? refusedForm(asked, outcome) : unknown('not asked', asked, FORM_ONLY)
}

/** The form is judged before Bitbucket is asked, so a match is no proof of access (BBS, impl/credentials matchers). */
const FORM_ONLY =
  'Branch Source accepts the form of this credential; it sends nothing to Bitbucket, so REST is not proved'

function refusedForm(asked: string, { words }: Extract<CheckUrlOutcome, { kind: 'failed' }>): Answer {
  const evidence: Evidence = { asked, answered: words }
  return /does not match|Invalid credentials/i.test(words)
    ? { kind: 'no', reason: 'username is not the e-mail', missing: [], evidence }
    : { kind: 'unknown', reason: 'unexpected reply', evidence }
}

function notAsked(client: JenkinsClient, answered: string): Answer {
  return unknown('not asked', `Jenkins ${client.baseUrl}`, answered)
}

function unknown(reason: UnknownReason, asked: string, answered: string): Answer {
  return { kind: 'unknown', reason, evidence: { asked, answered } }
}

function unanswered(client: JenkinsClient, { code, parts }: Failure): Answer {
  const evidence: Evidence = { asked: parts.at ?? client.baseUrl, answered: parts.because ?? code }
  return { kind: 'unknown', reason: code === 'R401' ? 'network' : 'unexpected reply', evidence }
}
