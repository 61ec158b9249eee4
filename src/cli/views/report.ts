import { DIAGNOSIS_WORDS, diagnosisSentence } from '../../messages/diagnoses.ts'
import { KIND_WORDS, OPERATION_WORDS } from '../../messages/kinds.ts'
import type { Answer, Scope } from '../../model/answer.ts'
import type { Diagnosis } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { SecretKind } from '../../model/secret.ts'
import type { Operation } from '../../model/use.ts'
import { VERSION } from '../../model/version.ts'
import { anonymous, type PrivateNames } from './anonymous.ts'
import { answerWords, type DoctorResult, PROBE_WORDS } from './doctor.ts'
import { harmless } from './text.ts'

export interface Reported extends DoctorResult {
  readonly subject: DoctorResult['subject'] & { readonly use: Operation; readonly kind?: SecretKind }
  readonly findings?: JenkinsFindings
}

export interface ReportOptions {
  /** What `git --version` prints; absent without git. */
  readonly git?: string
  /** Leaves out the names of hosts, people, workspaces, jobs and folders. */
  readonly anonymous: boolean
}

const FIXED_USERNAMES: readonly string[] = ['x-bitbucket-api-token-auth', 'x-token-auth']

/** A text for a support thread: what a person who helps asks first, and what was seen. No secret, no e-mail address. */
export function reportText(result: Reported, options: ReportOptions): string {
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
    ...section('What Bitbucket answered', ['asked', 'answered', 'request', 'reply'], answerRows(result.answers)),
    ...section('Where git looks', ['standing', 'source', 'username', 'why'], chainRows(result)),
    ...section('What Jenkins tells', ['about', 'told'], jenkinsRows(result.findings)),
  ]
  const text = `${lines
    .map((line) => withoutEmail(harmless(line)))
    .join('\n')
    .trimEnd()}\n`
  return options.anonymous ? anonymous(text, privateNames(result)) : text
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

function answerRows(answers: DoctorResult['answers']): readonly (readonly string[])[] {
  return Object.entries(answers).map(([probe, answer]: [string, Answer]) => [
    PROBE_WORDS[probe] ?? probe,
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

function withoutEmail(line: string): string {
  return line.replace(/[\w.+-]+(@|%40)[\w-]+(\.[\w-]+)+/gi, '<e-mail>')
}

function privateNames({ subject, chain, findings }: Reported): PrivateNames {
  const present = (values: readonly (string | undefined)[]): readonly string[] =>
    values.filter((value) => value !== undefined && value !== '').map(String)
  return {
    workspaces: present([subject.repository?.workspace]),
    repositories: present([subject.repository?.slug]),
    usernames: present([
      subject.username,
      findings?.urlUsername,
      findings?.resolution.kind === 'found' ? findings.resolution.username : undefined,
      ...(chain?.sources ?? []).map(({ username }) => username),
    ]),
    jobs: present([findings?.item]),
    credentialIds: present([findings?.credentialId]),
  }
}
