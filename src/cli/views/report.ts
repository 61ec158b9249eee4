import { DIAGNOSIS_WORDS, diagnosisSentence } from '../../messages/diagnoses.ts'
import { KIND_WORDS, OPERATION_WORDS } from '../../messages/kinds.ts'
import type { Answer, Evidence, Scope } from '../../model/answer.ts'
import type { Diagnosis } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { SecretKind } from '../../model/secret.ts'
import type { Operation } from '../../model/use.ts'
import { VERSION } from '../../model/version.ts'
import {
  anonymiser,
  anonymousPlace,
  anonymousRestPath,
  anonymousStore,
  anonymousUsername,
  type PrivateNames,
  repositoriesIn,
} from './anonymous.ts'
import { answerWords, type DoctorResult, probeWords } from './doctor.ts'
import { count, harmless } from './text.ts'

export interface Reported extends DoctorResult {
  readonly subject: DoctorResult['subject'] & { readonly use: Operation; readonly kind?: SecretKind }
  readonly findings?: JenkinsFindings
  readonly log?: {
    readonly findings: readonly { readonly id: string; readonly captured?: string }[]
    readonly credentialId?: string
  }
}

export interface ReportOptions {
  /** What `git --version` prints; absent without git. */
  readonly git?: string
  /** Leaves out the names of hosts, people, workspaces, jobs and folders. */
  readonly anonymous: boolean
}

const FIXED_USERNAMES: readonly string[] = ['x-bitbucket-api-token-auth', 'x-token-auth']

/** A text for a support thread: what a person who helps asks first, and what was seen. No secret, no e-mail address. */
export function reportText(told: Reported, options: ReportOptions): string {
  const result = options.anonymous ? withoutNames(told) : told
  const lines = [
    '# keyturn report',
    '',
    ...versionLines(result, options),
    '',
    '## What is asked first',
    '',
    ...table(['question', 'answer'], firstQuestions(result)),
    '',
    ...result.diagnoses.flatMap(diagnosisLines),
    ...section('What Bitbucket answered', ['asked', 'answered', 'request', 'reply'], answerRows(result)),
    ...section('Where git looks', ['standing', 'source', 'username', 'why'], chainRows(result)),
    ...section('What Jenkins tells', ['about', 'told'], jenkinsRows(result.findings)),
  ]
  return `${lines
    .map((line) => withoutEmail(harmless(line)))
    .join('\n')
    .trimEnd()}\n`
}

function versionLines({ findings }: Reported, { git }: ReportOptions): readonly string[] {
  const plugins = Object.entries(findings?.plugins ?? {}).map(([name, version]) => `${name} ${version}`)
  return [
    `- keyturn ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `- ${git ?? 'git was not found'}`,
    ...(findings === undefined
      ? []
      : [
          `- Jenkins ${findings.version ?? 'of an unknown version'}${plugins.length === 0 ? '' : `, ${plugins.join(', ')}`}`,
        ]),
  ]
}

function firstQuestions(result: Reported): readonly (readonly string[])[] {
  const { subject } = result
  const granted = grantedScopes(result.answers)
  return [
    ['What was examined?', subject.words],
    ['Which URL?', subject.repository === undefined ? 'none' : urlOf(subject.repository)],
    ['What for?', OPERATION_WORDS[subject.use]],
    ['Which kind of secret?', subject.kind === undefined ? 'not known' : KIND_WORDS[subject.kind]],
    ['With scopes, and for which app?', scopedWords(result, granted)],
    ['Which scopes?', granted === undefined ? 'Bitbucket did not say' : listed(granted)],
    ['Which are missing?', missingWords(result.diagnoses)],
    ['Which username?', usernameWords(subject.username)],
  ]
}

function urlOf({ workspace, slug }: { readonly workspace: string; readonly slug: string }): string {
  return `https://bitbucket.org/${workspace}/${slug}.git`
}

function scopedWords({ diagnoses, subject }: Reported, granted: readonly Scope[] | undefined): string {
  const codes = diagnoses.map(({ code }) => code)
  if (codes.includes('D102')) return 'no: created without scopes'
  if (codes.includes('D103')) return 'with scopes, for another app than Bitbucket'
  if (codes.includes('D104')) return 'none for Bitbucket: without scopes, or for another app'
  if (granted !== undefined) return 'with scopes, for Bitbucket'
  return subject.kind === 'api-token' || subject.kind === undefined ? 'not known' : 'does not apply'
}

function missingWords(diagnoses: readonly Diagnosis[]): string {
  const missing = diagnoses.flatMap((diagnosis) => diagnosis.missing ?? [])
  return missing.length === 0 ? 'none that is known' : listed(missing)
}

function usernameWords(username: string | undefined): string {
  if (username === undefined) return 'none'
  if (username === '<e-mail>') return 'an e-mail address'
  return FIXED_USERNAMES.includes(username) ? `\`${username}\` (fixed)` : `\`${username}\``
}

function grantedScopes(answers: DoctorResult['answers']): readonly Scope[] | undefined {
  for (const answer of Object.values(answers)) {
    if (answer.kind === 'yes' && answer.scopes !== 'not reported') return answer.scopes
    if (answer.kind === 'no' && answer.granted !== undefined) return answer.granted
  }
  return undefined
}

function diagnosisLines(diagnosis: Diagnosis): readonly string[] {
  return [
    `## ${diagnosis.code} ${DIAGNOSIS_WORDS[diagnosis.code].headline}`,
    '',
    diagnosisSentence(diagnosis),
    '',
    ...diagnosis.evidence.map(({ asked, answered }) => `- ${asked}: ${answered}`),
    ...(diagnosis.settledBy ?? []).map((line) => `- would settle it: ${line}`),
    ...(diagnosis.evidence.length + (diagnosis.settledBy ?? []).length === 0 ? [] : ['']),
  ]
}

function answerRows(result: DoctorResult): readonly (readonly string[])[] {
  return Object.entries(result.answers).map(([probe, answer]: [string, Answer]) => [
    probeWords(probe, result),
    answerWords(answer),
    answer.evidence.asked,
    answer.evidence.answered,
  ])
}

function chainRows({ chain }: Reported): readonly (readonly string[])[] {
  return (chain?.sources ?? []).map(({ standing, kind, where, username, why }) => [
    standing,
    `${kind}, ${where}`,
    username ?? '',
    why,
  ])
}

function jenkinsRows(findings: JenkinsFindings | undefined): readonly (readonly string[])[] {
  if (findings === undefined) return []
  const { controller, item, url, urlUsername, credentialId, resolution, lastBuild, gaps } = findings
  return [
    ['controller', controller],
    ['job', item ?? 'none named'],
    ['URL of the job', url ?? 'none'],
    ['username in that URL', urlUsername ?? 'none'],
    ['credential id', credentialId ?? 'none'],
    ['the id means', resolutionWords(resolution)],
    ['last build', lastBuild === undefined ? 'none was read' : `${lastBuild.number}, ${lastBuild.result}`],
    ...gaps.map((gap) => ['could not be read', gap]),
  ]
}

function resolutionWords(resolution: JenkinsFindings['resolution']): string {
  if (resolution.kind !== 'found')
    return resolution.kind === 'unknown' ? `not known: ${resolution.because}` : resolution.kind
  const hidden = resolution.shadows.length === 0 ? '' : `, which hides that of ${resolution.shadows.join(', ')}`
  return `${resolution.typeName} of the store ${resolution.store}${hidden}`
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [`## ${title}`, '', ...table(head, rows), '']
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)]
}

function cell(text: string): string {
  return text.replace(/[\n\t]+/g, ' ').replaceAll('|', '\\|')
}

function listed(scopes: readonly Scope[]): string {
  return scopes.length === 0 ? 'none' : [...new Set(scopes)].map((scope) => `\`${scope}\``).join(', ')
}

/** `git@bitbucket.org` and `https://alice@bitbucket.org` are addresses of a service, and of no mailbox. */
function withoutEmail(line: string): string {
  return line.replace(/[\w.+-]+(@(?!(?:\w+\.)?bitbucket\.org\b)|%40)[\w-]+(\.[\w-]+)+/gi, '<e-mail>')
}

/** Names go before there is a text: the words of keyturn around them stay as they are, whatever somebody's workspace is called. */
function withoutNames(result: Reported): Reported {
  const mask = anonymiser(privateNames(result))
  const { subject, diagnoses, answers, chain, findings } = result
  const { username, repository } = subject
  return {
    subject: {
      ...subject,
      words: mask(subject.words),
      ...(username === undefined ? {} : { username: anonymousUsername(username) }),
      ...(repository === undefined ? {} : { repository: { workspace: 'WORKSPACE', slug: 'REPOSITORY' } }),
    },
    diagnoses: diagnoses.map((diagnosis) => diagnosisWithoutNames(diagnosis, mask)),
    answers: Object.fromEntries(
      Object.entries(answers).map(([probe, answer]) => [
        probe,
        { ...answer, evidence: evidenceWithoutNames(answer.evidence, mask) },
      ]),
    ),
    ...(chain === undefined ? {} : { chain: chainWithoutNames(chain, mask) }),
    ...(findings === undefined ? {} : { findings: findingsWithoutNames(findings, mask) }),
  }
}

type Mask = (text: string) => string

function evidenceWithoutNames(evidence: Evidence, mask: Mask): Evidence {
  return { ...evidence, asked: mask(evidence.asked), answered: mask(evidence.answered) }
}

function diagnosisWithoutNames(diagnosis: Diagnosis, mask: Mask): Diagnosis {
  const { details, evidence, settledBy } = diagnosis
  return {
    ...diagnosis,
    details: Object.fromEntries(
      Object.entries(details).map(([key, value]) => [key, detailWithoutNames(key, value, mask)]),
    ),
    evidence: evidence.map((each) => evidenceWithoutNames(each, mask)),
    ...(settledBy === undefined ? {} : { settledBy: settledBy.map(mask) }),
  }
}

type Detail = Diagnosis['details'][string]

/** Values that keyturn chooses from its own words. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  ...['use', 'kind', 'missing', 'granted', 'causes', 'reason', 'character', 'forEver', 'writeWithoutRead', 'through'],
  ...['tool', 'version', 'floor', 'recommended', 'change', 'rest'],
])

const DETAIL_MASKS: Readonly<Record<string, Mask>> = {
  id: (id) => (id === '' ? id : 'CREDENTIAL'),
  username: anonymousUsername,
  right: anonymousUsername,
  store: anonymousStore,
  hidden: anonymousStore,
  path: anonymousRestPath,
  workspace: (name) => (/^the workspace$/i.test(name) ? name : 'WORKSPACE'),
  repository: (name) => (name === 'the repository' ? name : 'WORKSPACE/REPOSITORY'),
}

function detailWithoutNames(key: string, value: Detail, mask: Mask): Detail {
  if (OWN_WORDS.has(key)) return value
  if (key === 'known' && typeof value !== 'string') return countedIds(value)
  const own = DETAIL_MASKS[key] ?? ((text: string) => anonymousPlace(text, mask))
  return typeof value === 'string' ? own(value) : value.map(own)
}

/** `system: bitbucket`, `folder team: bb`: how many there are tells as much as what they are called. */
function countedIds(known: readonly string[]): readonly string[] {
  const stores = known.map((line) => line.replace(/: .*$/s, ''))
  return [...new Set(stores)].map((store) => {
    const amount = stores.filter((other) => other === store).length
    return `${count(amount, 'id')} in ${anonymousStore(store)}`
  })
}

function chainWithoutNames(chain: NonNullable<Reported['chain']>, mask: Mask): NonNullable<Reported['chain']> {
  const sources = chain.sources.map(({ kind, where, username, standing, why }) => ({
    kind,
    standing,
    where: anonymousPlace(where, mask),
    why: mask(why),
    ...(username === undefined ? {} : { username: anonymousUsername(username) }),
  }))
  return { sources }
}

function findingsWithoutNames(findings: JenkinsFindings, mask: Mask): JenkinsFindings {
  const { controller, item, url, urlUsername, credentialId, resolution, gaps } = findings
  return {
    ...findings,
    controller: mask(controller),
    ...(item === undefined ? {} : { item: 'JOB' }),
    ...(url === undefined ? {} : { url: mask(url) }),
    ...(urlUsername === undefined ? {} : { urlUsername: anonymousUsername(urlUsername) }),
    ...(credentialId === undefined ? {} : { credentialId: 'CREDENTIAL' }),
    resolution: resolutionWithoutNames(resolution, mask),
    gaps: gaps.map(mask),
  }
}

function resolutionWithoutNames(resolution: JenkinsFindings['resolution'], mask: Mask): JenkinsFindings['resolution'] {
  if (resolution.kind === 'unknown') return { ...resolution, because: mask(resolution.because) }
  if (resolution.kind !== 'found') return resolution
  return {
    ...resolution,
    store: anonymousStore(resolution.store),
    shadows: resolution.shadows.map(anonymousStore),
  }
}

function privateNames(result: Reported): PrivateNames {
  const { subject, chain, findings, log, diagnoses } = result
  const resolution = findings?.resolution
  const strings = stringsIn(result)
  const detail = (key: string): readonly string[] => diagnoses.flatMap(({ details }) => details[key] ?? [])
  const captured = (...ids: readonly string[]): readonly (string | undefined)[] =>
    (log?.findings ?? []).filter(({ id }) => ids.includes(id)).map((finding) => finding.captured)
  return {
    repositories: [...present([subject.repository]), ...strings.flatMap(repositoriesIn)],
    workspaces: present([findings?.branchSource?.workspace, ...captured('L19')]),
    usernames: present([
      ...[subject.username, findings?.urlUsername, resolution?.kind === 'found' ? resolution.username : undefined],
      ...[chain?.pinned?.username, ...(chain?.sources ?? []).flatMap(({ username, sentAs }) => [username, sentAs])],
      ...captured('L4', 'L6'),
    ]),
    jobs: present([findings?.item]),
    credentialIds: present([
      ...[findings?.credentialId, log?.credentialId, ...captured('L1', 'L3', 'L17'), ...detail('id')],
      ...(resolution?.kind === 'not found' ? resolution.known : []).map((line) => line.replace(/^[^:]*: /, '')),
    ]),
    paths: stringsIn([subject, chain, diagnoses.map(({ details, place }) => [details, place])])
      .filter((text) => /^(?:\/(?!(?:[12]\.0|!api)\/)|[A-Z]:[\\/])[^\n]*$/i.test(text))
      .map((text) => text.replace(/ \(.*\)$/, '')),
  }
}

function present<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value) => value !== undefined)
}

/** Every text of a result, however deep: a name that stands in one of them may be told in another. */
function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
