import type { Answer, Evidence } from '../../model/answer.ts'
import { type BuildsAllowed, buildsFor } from '../../model/builds-allowed.ts'
import type { Context } from '../../model/ports.ts'
import type { Repository, Use } from '../../model/use.ts'
import type { BuildConsole, Checkout } from './build-console.ts'
import { checkUrlWithout } from './check-url.ts'
import type { JenkinsClient } from './client.ts'
import { plainWords, withoutUserinfo } from './plain-words.ts'
import { meaningOf } from './refusal-words.ts'
import { readRemoteUrl } from './remote-url.ts'
import { type RunBuild, runBuild, type Waiting } from './run-build.ts'
import { buildTemporaryJob, hasFetched, showsAppPassword, type TwoBuilds } from './temporary-job.ts'

/** What a build can prove: that an item reads a repository with a credential. */
export interface BuildQuestion {
  readonly item: string | undefined
  /** As the item has it. */
  readonly url: string | undefined
  readonly credentialsId: string
  readonly use: Use
  readonly isBranchSource: boolean
  /** A multibranch project that looks for pull requests, which a build of one branch does not ask for. */
  readonly wantsPullRequests: boolean
}

/** `undefined`: what is allowed says nothing of this use. Throws `Failure` where the controller refuses. */
export async function proveByBuild(
  client: JenkinsClient,
  question: BuildQuestion,
  context: Context,
): Promise<Answer | undefined> {
  const { builds } = context
  if (builds === undefined || !(question.use.operation === 'git-fetch' || question.use.operation === 'rest'))
    return undefined
  const { item } = question
  const job = item === undefined ? undefined : builds.jobs.find((each) => buildsFor(item, each))
  if (job !== undefined) return ofNamedJob(client, question, job, builds, context)
  return builds.label === undefined ? undefined : onLabel(client, question, builds.label, builds, context)
}

/** Each job is built once, and each question for a label asked once, however many places and uses they speak of. */
const BUILT = new WeakMap<BuildsAllowed, Map<string, Promise<RunBuild>>>()
const ASKED = new WeakMap<BuildsAllowed, Map<string, Promise<TwoBuilds>>>()

function once<Made>(
  made: WeakMap<BuildsAllowed, Map<string, Promise<Made>>>,
  builds: BuildsAllowed,
  key: readonly string[],
  make: () => Promise<Made>,
): Promise<Made> {
  const known = made.get(builds) ?? new Map<string, Promise<Made>>()
  made.set(builds, known)
  const name = key.join('\0')
  const one = known.get(name) ?? make()
  known.set(name, one)
  return one
}

async function ofNamedJob(
  client: JenkinsClient,
  question: BuildQuestion,
  job: string,
  builds: BuildsAllowed,
  context: Context,
): Promise<Answer> {
  const build = await once(BUILT, builds, [client.baseUrl, job], () =>
    runBuild(client, job, waitingFor(builds, context)),
  )
  const answer = answerOfBuild(client, question, job, build)
  if (answer.kind !== 'yes' || build.kind !== 'built') return answer
  return unlessPublic(client, question, build.console, answer)
}

function waitingFor({ signal, onWait }: BuildsAllowed, { system }: Context): Waiting {
  return { clock: system.clock, signal, onWait }
}

/** What everybody may read proves nothing, nor does a login that may not ask. */
async function unlessPublic(
  client: JenkinsClient,
  { item, url, use, credentialsId }: BuildQuestion,
  { checkouts }: BuildConsole,
  answer: Answer,
): Promise<Answer> {
  const fetched = checkouts.find((each) => each.credentialId === credentialsId && isOf(each, use.repository))
  // A variable in the URL has its value in the console alone.
  const asked = url === undefined || url.includes('$') ? canonical(use.repository ?? fetched?.repository) : url
  const without = asked === undefined ? undefined : await checkUrlWithout(client, { item, url: asked })
  return without?.kind === 'failed'
    ? answer
    : open(answer.evidence.asked, 'the controller can read it without a credential, or did not try: nothing is proved')
}

function canonical(repository: Repository | undefined): string | undefined {
  return repository && `https://bitbucket.org/${repository.workspace}/${repository.slug}.git`
}

function answerOfBuild(client: JenkinsClient, question: BuildQuestion, job: string, build: RunBuild): Answer {
  const where = `Jenkins ${client.baseUrl}, a build of ${job}`
  if (build.kind === 'not built') return open(where, `there was none: ${build.because}`)
  const asked = `${where} (#${build.number})`
  return question.use.operation === 'rest'
    ? restAnswer(asked, question, build.console)
    : gitAnswer(asked, question, build.console)
}

function restAnswer(asked: string, question: BuildQuestion, { refusal, readsScript, checkouts }: BuildConsole): Answer {
  const { credentialsId, wantsPullRequests } = question
  if (refusal !== undefined) return { ...refusal, evidence: { ...refusal.evidence, asked } }
  if (!readsScript || !checkouts.some((each) => each.credentialId === credentialsId))
    return open(asked, `its console does not show that REST was asked with "${credentialsId}"`)
  if (wantsPullRequests)
    return open(asked, 'REST gave it the branch and its Jenkinsfile; pull requests are asked for by scans alone')
  return yes(asked, `REST gave it the branch and its Jenkinsfile, with "${credentialsId}"`)
}

function gitAnswer(asked: string, { credentialsId, use }: BuildQuestion, console: BuildConsole): Answer {
  if (console.isParallel)
    return open(asked, 'some of its steps ran at the same time, and nothing tells which said what')
  const named = console.checkouts.filter((each) => each.credentialId === credentialsId && isOf(each, use.repository))
  const last = named.at(-1)
  if (last === undefined) return open(asked, withoutCheckout(console, credentialsId))
  const evidence = { asked, answered: `it fetched ${nameOf(last)} with "${credentialsId}"` }
  if (last.outcome === 'fetched') return { kind: 'yes', scopes: 'not reported', evidence }
  return last.outcome === 'open'
    ? open(asked, 'its checkout had not ended')
    : refused({ asked, answered: gitsWords(last.text) }, last.text)
}

function withoutCheckout({ checkouts, notFound }: BuildConsole, id: string): string {
  if (notFound.includes(id)) return `Jenkins did not find "${id}" for it`
  if (checkouts.length === 0) return 'it checked nothing out'
  return checkouts.some(({ credentialId }) => credentialId === undefined)
    ? 'its console does not name the credential of its checkout'
    : `it checked nothing out with "${id}"`
}

function isOf({ repository }: Checkout, wanted: Repository | undefined): boolean {
  if (repository === undefined || wanted === undefined) return true
  const key = ({ workspace, slug }: Repository): string => `${workspace}/${slug}`.toLowerCase()
  return key(repository) === key(wanted)
}

function nameOf({ repository }: Checkout): string {
  return repository === undefined ? 'its repository' : `${repository.workspace}/${repository.slug}`
}

/** Only words that are documented as a refusal count as one. */
function refused(evidence: Evidence, text: string): Answer {
  const meaning = meaningOf(text)
  return meaning.kind === 'no' ? { ...meaning, missing: [], evidence } : { ...meaning, evidence }
}

function gitsWords(text: string): string {
  const said = /^(?:stderr: )?((?:remote|fatal|error): .*)$/gm
  const words = [...text.matchAll(said)].map(([, line = '']) => line)
  return words.length === 0 ? 'its checkout failed' : plainWords(words.join(' '))
}

/** A helper or netrc of the agent, of which git asks before it asks Jenkins. */
export const OF_THE_AGENT =
  'git on the agent presents an app password of its own (a helper, netrc or header there), before this credential is asked for'
const READ_BY_OTHERS =
  'the agent reads it without this credential: by a helper, netrc or header of its own, or everybody may'

async function onLabel(
  client: JenkinsClient,
  question: BuildQuestion,
  label: string,
  builds: BuildsAllowed,
  context: Context,
): Promise<Answer | undefined> {
  const { item, use, credentialsId, isBranchSource } = question
  const url = question.url ?? canonical(use.repository)
  // Branch Source puts another username in for git, which a plain job does not; a URL with a secret presents that; nobody gives variables a value.
  if (use.operation !== 'git-fetch' || isBranchSource || url === undefined || isOwnSecretOrVariable(url))
    return undefined
  const folder = item === undefined ? '' : item.slice(0, Math.max(0, item.lastIndexOf('/')))
  const both = await once(ASKED, builds, [client.baseUrl, folder, url, credentialsId], () =>
    buildTemporaryJob(client, { folder, url, credentialsId, label }, context, waitingFor(builds, context)),
  )
  const asked = `Jenkins ${client.baseUrl}, a job made on ${label}: git fetch ${withoutUserinfo(url)} with "${credentialsId}"`
  return answerOfTwo(asked, question, both)
}

function isOwnSecretOrVariable(url: string): boolean {
  return url.includes('$') || readRemoteUrl(url)?.password !== undefined
}

function answerOfTwo(asked: string, question: BuildQuestion, { with: withIt, without }: TwoBuilds): Answer {
  if (withIt.kind === 'not built') return open(asked, `it was not built: ${withIt.because}`)
  const answer = gitAnswer(asked, question, withIt.console)
  if (without === undefined) return answer
  if (answer.kind !== 'yes') return showsAppPassword(without) ? open(asked, OF_THE_AGENT) : answer
  if (without.kind === 'not built')
    return open(asked, `it fetched with the credential, and without it ${without.because}`)
  if (hasFetched(without)) return open(asked, READ_BY_OTHERS)
  return without.console.checkouts.some(({ text }) => meaningOf(text).kind === 'no')
    ? yes(asked, 'it fetched with the credential, and was refused without it')
    : open(asked, 'it fetched with the credential; without it, it failed, and not because it was refused')
}

function yes(asked: string, answered: string): Answer {
  return { kind: 'yes', scopes: 'not reported', evidence: { asked, answered } }
}

function open(asked: string, answered: string): Answer {
  return { kind: 'unknown', reason: 'not asked', evidence: { asked, answered } }
}
