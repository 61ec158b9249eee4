import type { BitbucketClient } from '../bitbucket/client.ts'
import { evidenceText, neutralise } from '../bitbucket/evidence-text.ts'
import { parseRepositoryUrl, repositoryUrl } from '../bitbucket/repository-url.ts'
import { restQuestion } from '../bitbucket/rest-question.ts'
import { scopesOfUse } from '../bitbucket/scopes.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Answer } from '../model/answer.ts'
import type { Credential } from '../model/credential.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import type { Operation, Repository } from '../model/use.ts'
import { gitAnswer, isGit, isRefusedPair } from './answers.ts'
import { type LogReading, readConsoleLog } from './console-log.ts'
import type { Consultation, Examined, ToldChain } from './consultation.ts'
import { decide } from './decision-table.ts'
import type { Answers, Facts, Subject } from './facts.ts'
import type { GitScene } from './git-settings.ts'
import { jenkinsLog } from './jenkins-outcome.ts'
import { jenkinsSubject } from './jenkins-subject.ts'
import { OPENING, runProbes } from './probes/run-probes.ts'
import type { TraceDetectors } from './source-places.ts'
import type { Source } from './source-standing.ts'
import { storedLogin } from './stored-login.ts'
import { type Askpass, type GitChain, traceGit } from './trace-git.ts'

export interface DoctorDeps {
  readonly client: BitbucketClient
  readonly context: Context
  readonly detectors: TraceDetectors
  /** What the tokens in the vault are called. */
  readonly tokenNames?: () => Promise<readonly string[]>
}

/** What only the user can tell. */
export interface Known {
  readonly use?: Operation
  readonly email?: string
  /** `https://NAME.atlassian.net`. */
  readonly siteUrl?: string
}

/** A username and a secret given by hand. */
export async function diagnoseCredential(subject: Subject, deps: DoctorDeps): Promise<Consultation> {
  const answers = await runProbes(subject, deps.client.visit())
  return consult(subject, answers, { ...(await asOf(deps)), words: 'the credential given here' })
}

/** What git would do for this URL, or remote, on this account and in this folder. */
export async function diagnoseUrl(
  url: string,
  scene: GitScene,
  deps: DoctorDeps,
  known: Known = {},
): Promise<Consultation> {
  const chain = await traceGit(url, scene, deps.context, deps.detectors, undefined, known.use)
  const result = await examineInTurn(chain, deps.client.visit(), known)
  return consult(result.subject, result.answers, {
    ...(await asOf(deps)),
    words: `git for ${neutralise(chain.url)}`,
    chain,
  })
}

/** After a 401 git goes on from netrc to its helpers, so the next one decides. */
async function examineInTurn(chain: GitChain, visit: BitbucketClient, known: Known) {
  const [first, next] = sentInTurn(chain)
  const subject = subjectOfSource(first, chain, known)
  const goesOn = next !== undefined || endsInProgram(chain)
  const opening = goesOn ? await runProbes(subject, visit, {}, OPENING) : {}
  if (!goesOn || !isRefusedPair(gitAnswer(opening)))
    return { subject, answers: await runProbes(subject, visit, opening) }
  const behind = subjectOfSource(next, chain, known)
  return { subject: behind, answers: await runProbes(behind, visit, forEverybody(opening['git-anonymous'])) }
}

/** Behind netrc stands only a program, which is not run: what git sends in the end is not known. */
function endsInProgram({ sources }: GitChain): boolean {
  const sent = sources.filter(({ standing }) => standing.startsWith('sent'))
  return sent.at(0)?.kind === 'netrc' && sent.at(1)?.kind === 'askpass' && sent.at(1)?.secret === undefined
}

function forEverybody(anonymous: Answer | undefined): Answers {
  return anonymous === undefined ? {} : { 'git-anonymous': anonymous }
}

function subjectOfSource(source: Source | undefined, chain: GitChain, known: Known): Subject {
  return {
    ...subjectOf(known, chain.repository),
    ...(source?.secret === undefined ? {} : { credential: sentCredential(source, source.secret) }),
    ...(source?.place === undefined ? {} : { place: source.place }),
    ...(source?.dropped === undefined ? {} : { dropped: source.dropped }),
    ...(source?.bearer === undefined ? {} : { bearer: source.bearer }),
  }
}

/** What goes over the wire, which is not always the name stored with the secret. */
function sentCredential({ sentAs, username }: Source, secret: Secret): Credential {
  const name = sentAs ?? username
  return { secret, ...(name === undefined ? {} : { username: name }) }
}

/** What a manager drops is examined when nothing is sent: whether Bitbucket takes it decides whose fault that is. */
function sentInTurn({ sources }: GitChain): readonly Source[] {
  const readable = sources.filter(({ secret }) => secret !== undefined)
  const sent = readable.filter(({ standing }) => standing.startsWith('sent'))
  return sent.length === 0 ? readable.filter(({ dropped }) => dropped === true) : sent
}

export interface JenkinsKnown extends Known {
  /** The secret that should be in the Jenkins credential; Jenkins itself does not show it. */
  readonly secret?: Secret
  /** HOME of the account that runs the build. */
  readonly agentHome?: string
  /** What Bitbucket answers about the repository to everybody, where it was asked already. */
  readonly anonymous?: Answer
}

/** Why a job of Jenkins fails, from what its controller tells, the agent's own git, and Bitbucket. */
export async function diagnoseJenkinsJob(
  findings: JenkinsFindings,
  deps: DoctorDeps,
  extra: JenkinsKnown = {},
): Promise<Consultation> {
  const repository =
    findings.url === undefined ? undefined : parseRepositoryUrl(findings.url, deps.context.seal)?.repository
  const subject = jenkinsSubject(findings, subjectOf(extra, repository), extra.secret)
  const visit = deps.client.visit()
  const answers = await runProbes(subject, visit, forEverybody(extra.anonymous))
  const chain = await agentChain(findings, repository, deps, extra)
  const chainAnswer = chain === undefined ? undefined : await answerToAgent(chain, visit)
  const log = jenkinsLog(findings)
  return consult(subject, answers, {
    ...(await asOf(deps)),
    words: neutralise(jenkinsWords(findings)),
    findings,
    ...(chain === undefined ? {} : { chain }),
    ...(chainAnswer === undefined ? {} : { chainAnswer }),
    ...(log === undefined ? {} : { log }),
  })
}

function jenkinsWords({ item, credentialId }: JenkinsFindings): string {
  if (item !== undefined) return `Jenkins job ${item}`
  return credentialId === undefined ? 'Jenkins' : `Jenkins credential "${credentialId}"`
}

async function agentChain(
  findings: JenkinsFindings,
  repository: Repository | undefined,
  deps: DoctorDeps,
  extra: JenkinsKnown,
): Promise<GitChain | undefined> {
  if (extra.agentHome === undefined || repository === undefined) return undefined
  const pinned = findings.urlUsername === undefined ? '' : `${encodeURIComponent(findings.urlUsername)}@`
  const url = repositoryUrl(repository).replace('https://', `https://${pinned}`)
  return traceGit(url, { home: extra.agentHome }, deps.context, deps.detectors, askpassOf(findings, extra))
}

function askpassOf(findings: JenkinsFindings, extra: JenkinsKnown): Askpass {
  const { resolution, credentialId } = findings
  return {
    where: `Jenkins credential "${neutralise(credentialId ?? '')}"`,
    ...(resolution.kind === 'found' && resolution.username !== undefined ? { username: resolution.username } : {}),
    ...(extra.secret === undefined ? {} : { secret: extra.secret }),
  }
}

/**
 * What the agent's own credentials are answered, as far as they come before the one of Jenkins. After a 401 git goes on from netrc: to
 * its helpers, and in the end to the credential of Jenkins, which then decides.
 */
async function answerToAgent({ sources, repository }: GitChain, client: BitbucketClient): Promise<Answer | undefined> {
  for (const source of sources.filter(({ standing }) => standing.startsWith('sent'))) {
    if (source.secret === undefined || source.kind === 'askpass') return undefined
    const login = storedLogin(sentCredential(source, source.secret), source)
    const ask = () => client.gitRefs(repository, 'git-upload-pack', login)
    const first = await ask()
    const answer = isRefusedPair(first) && (await client.mayAskAgain()) ? await ask() : first
    if (source.kind !== 'netrc' || !isRefusedPair(answer)) return answer
  }
  return undefined
}

/** A place of a scan, as far as its secret can be read. */
export async function diagnosePlace(place: Place, deps: DoctorDeps, known: Known = {}): Promise<Consultation> {
  const secret = place.secret?.value
  const repository = place.uses.find((use) => use.repository !== undefined)?.repository
  const use = known.use ?? mainUse(place)
  const username = place.username?.text
  const job = jobOf(place)
  const subject: Subject = {
    ...subjectOf({ ...known, use }, repository),
    ...askedOfRest(place, use),
    place: refOf(place),
    ...(job === undefined ? {} : { job }),
    ...(secret === undefined ? {} : { credential: { secret, ...(username === undefined ? {} : { username }) } }),
  }
  return consult(subject, await runProbes(subject, deps.client.visit()), {
    ...(await asOf(deps)),
    words: neutralise(placeWords(place)),
  })
}

/** What a use asks, and not the repository: a token has the scopes of what it is for, and no others. */
function askedOfRest({ consumer, uses }: Place, operation: Operation): Pick<Subject, 'question' | 'needs'> {
  const use = operation === 'rest' ? uses.find((one) => one.operation === 'rest') : undefined
  if (use === undefined) return {}
  const question = restQuestion(consumer, use)
  return { needs: scopesOfUse(use), ...(question === undefined ? {} : { question: `/2.0/${question}` }) }
}

/** The words that the scan gives to a use: `job team/app`, `job team/app (Branch Source)`. */
function jobOf({ uses }: Place): string | undefined {
  const names = uses.map(({ by }) => /^job (.+?)(?: \(Branch Source\))?$/.exec(by)?.[1])
  return names.find((name) => name !== undefined)
}

/** Reading is what every use needs. Pushing is asked only when the user says so: many tokens may not, and need not. */
function mainUse(place: Place): Operation {
  return place.uses.some(({ operation }) => isGit(operation)) || place.uses.length === 0
    ? 'git-fetch'
    : (place.uses[0]?.operation ?? 'rest')
}

/** Only a text: a console log of Jenkins, or what git printed. */
export function diagnoseLog(text: string | Uint8Array): Consultation {
  return consult({ use: 'git-fetch' }, {}, { words: 'the log given here', log: readConsoleLog(text) })
}

/** The first replies with a text of their own for a token without Bitbucket scopes were pasted in August 2026. */
const SPECIFIC_TEXTS_SINCE = new Date('2026-09-01T00:00:00Z')

/** Since then git answers every app password with 410 (developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222). */
const END_OF_APP_PASSWORDS = new Date('2026-07-28T00:00:00Z')

type AtThisTime = Pick<Facts, 'genericTexts' | 'appPasswordsWork' | 'takenNames'>

async function asOf({ context, tokenNames }: DoctorDeps): Promise<AtThisTime> {
  const now = context.system.clock.now()
  return {
    ...(now < SPECIFIC_TEXTS_SINCE ? { genericTexts: true } : {}),
    ...(now < END_OF_APP_PASSWORDS ? { appPasswordsWork: true } : {}),
    ...(tokenNames === undefined ? {} : { takenNames: await tokenNames() }),
  }
}

interface Beside extends AtThisTime {
  readonly words: string
  readonly chain?: GitChain
  readonly chainAnswer?: Answer
  readonly findings?: JenkinsFindings
  readonly log?: LogReading
}

function consult(subject: Subject, answers: Answers, beside: Beside): Consultation {
  const { chain, findings, log, words } = beside
  return {
    subject: examined(subject, words),
    diagnoses: decide(factsOf(subject, answers, beside)),
    answers,
    ...(chain === undefined ? {} : { chain: withoutShapes(chain) }),
    ...(findings === undefined ? {} : { findings: withoutText(findings) }),
    ...(log === undefined ? {} : { log }),
  }
}

function factsOf(
  subject: Subject,
  answers: Answers,
  { chain, chainAnswer, findings, log, genericTexts, appPasswordsWork, takenNames }: Beside,
): Facts {
  const { credential, use, repository, restPath, needs, bearer, email, siteUrl, place, job } = subject
  return {
    use,
    answers,
    ...(repository === undefined ? {} : { repository }),
    ...(restPath === undefined ? {} : { restPath }),
    ...(needs === undefined ? {} : { needs }),
    ...(bearer === undefined ? {} : { bearer }),
    ...(genericTexts === undefined ? {} : { genericTexts }),
    ...(appPasswordsWork === undefined ? {} : { appPasswordsWork }),
    ...(takenNames === undefined ? {} : { takenNames }),
    ...(email === undefined ? {} : { email }),
    ...(siteUrl === undefined ? {} : { siteUrl }),
    ...(place === undefined ? {} : { place }),
    ...(job === undefined ? {} : { job }),
    ...(credential?.username === undefined ? {} : { username: credential.username }),
    ...(credential === undefined
      ? {}
      : { shape: shapeOf(credential.secret), fingerprint: credential.secret.fingerprint }),
    ...(chain === undefined ? {} : { chain }),
    ...(chainAnswer === undefined ? {} : { chainAnswer }),
    ...(findings === undefined ? {} : { jenkins: findings }),
    ...(log === undefined ? {} : { log }),
  }
}

function examined({ credential, use, repository, place }: Subject, words: string): Examined {
  return {
    words,
    use,
    ...(credential?.username === undefined ? {} : { username: evidenceText(credential.username) }),
    ...(credential === undefined
      ? {}
      : { fingerprint: credential.secret.fingerprint, kind: shapeOf(credential.secret).kind }),
    ...(repository === undefined ? {} : { repository }),
    ...(place === undefined ? {} : { place }),
  }
}

function subjectOf({ use = 'git-fetch', email, siteUrl }: Known, repository: Repository | undefined): Subject {
  return {
    use,
    ...(repository === undefined ? {} : { repository }),
    ...(email === undefined ? {} : { email }),
    ...(siteUrl === undefined ? {} : { siteUrl }),
  }
}

function withoutShapes(chain: GitChain): ToldChain {
  const sources = chain.sources.map(({ shape, ...source }) => ({
    ...source,
    ...(shape === undefined ? {} : { shape: { kind: shape.kind } }),
  }))
  return { ...chain, sources }
}

function withoutText(findings: JenkinsFindings): JenkinsFindings {
  const { lastBuild } = findings
  return lastBuild === undefined ? findings : { ...findings, lastBuild: { ...lastBuild, text: '' } }
}

function placeWords(place: Place): string {
  const at = place.at.kind === 'file' ? place.at.path : place.at.url
  return `${at}${place.line === undefined ? '' : `:${place.line}`} (${place.address})`
}

function refOf({ id, consumer, at, address }: Place): PlaceRef {
  return { id, consumer, at, address }
}
