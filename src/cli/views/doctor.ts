import { DIAGNOSIS_WORDS, diagnosisSentence } from '../../messages/diagnoses.ts'
import type { Answer, Evidence } from '../../model/answer.ts'
import type { Diagnosis, Repair } from '../../model/diagnosis.ts'
import { harmless, wrap } from './text.ts'

const WIDTH = 80

/** What the view reads of a consultation (`Consultation` in the library has more). */
export interface DoctorResult {
  readonly subject: {
    readonly words: string
    readonly username?: string
    readonly fingerprint?: string
    readonly kind?: string
    readonly repository?: { readonly workspace: string; readonly slug: string }
  }
  readonly diagnoses: readonly Diagnosis[]
  readonly answers: Readonly<Record<string, Answer>>
  readonly chain?: DoctorChain
  /** What a controller told; `gaps` are what it did not. */
  readonly findings?: { readonly gaps: readonly string[] }
}

interface DoctorNote {
  readonly where: string
  readonly text: string
}

interface DoctorSource {
  readonly kind: string
  readonly where: string
  readonly username?: string
  readonly sentAs?: string
  readonly standing: string
  readonly dropped?: true
  readonly why: string
}

interface DoctorChain {
  readonly url?: string
  readonly side?: 'push'
  readonly sources: readonly DoctorSource[]
  readonly steps?: readonly (
    | { readonly source: number }
    | { readonly kind: string; readonly where: string; readonly outcome: string; readonly why: string }
  )[]
  readonly pinned?: { readonly username: string; readonly where: string }
  readonly route?: readonly DoctorNote[]
  readonly notes?: readonly DoctorNote[]
}

const PROBE_WORDS: Readonly<Record<string, string>> = {
  'git-anonymous': 'Git, anonymous',
  'git-configured': 'Git, as stored',
  'git-sentinel': 'Git, fixed username',
  'git-push': 'Git, for pushing',
  'rest-anonymous': 'REST, anonymous',
  'rest-configured': 'REST, as stored',
  'rest-email': 'REST, e-mail',
  'rest-bearer': 'REST, Bearer',
  'rest-repository': 'REST, repository',
  'rest-workspace': 'REST, workspace',
  site: 'Site',
}

/** A controller shows no secret: what was asked about is the one that was given, which may be another than the one it stores. */
export function probeWords(probe: string, { findings }: Pick<DoctorResult, 'findings'>): string {
  const words = PROBE_WORDS[probe] ?? probe
  return findings === undefined ? words : words.replace('as stored', 'as given')
}

/** The first line is the cause. Commands stand alone on their lines, ready to copy. */
export function doctorLines(result: DoctorResult): readonly string[] {
  return [
    ...result.diagnoses.flatMap((diagnosis, index) => diagnosisLines(diagnosis, index)),
    ...section('Examined', [subjectWords(result)]),
    ...answerLines(result),
    ...chainLines(result.chain),
    ...gapLines(result.findings),
  ].map(harmless)
}

/** Exit code 3 tells scripts that a person has to act; 0 that nothing is wrong; 5 that it could not be told. */
export function doctorExitCode(result: Pick<DoctorResult, 'diagnoses'>): 0 | 3 | 5 {
  const code = result.diagnoses[0]?.code
  if (code === 'D100') return 0
  return code === 'D191' || code === 'D119' || code === undefined ? 5 : 3
}

function diagnosisLines(diagnosis: Diagnosis, index: number): readonly string[] {
  const { headline } = DIAGNOSIS_WORDS[diagnosis.code]
  const also = index === 0 ? '' : 'Also: '
  return [
    ...(index === 0 ? [] : ['']),
    `${symbol(diagnosis)} ${also}${headline} (${diagnosis.code})`,
    '',
    ...wrap(diagnosisSentence(diagnosis), WIDTH, '  '),
    ...section('Evidence', [], evidenceLines(diagnosis.evidence)),
    ...section('Repair', [], diagnosis.repairs.flatMap(repairLines)),
    ...section(
      'What would settle it',
      [],
      (diagnosis.settledBy ?? []).flatMap((line) => wrap(line, WIDTH, '    ')),
    ),
  ]
}

function symbol({ code, repairs }: Diagnosis): string {
  if (code === 'D100') return '='
  if (code === 'D190' || code === 'D191' || code === 'D119') return '?'
  return repairs.some(({ commands }) => commands.length > 0) ? '~' : '!'
}

function evidenceLines(evidence: readonly Evidence[]): readonly string[] {
  return evidence.flatMap(({ asked, answered }) => [...wrap(asked, WIDTH, '    '), ...wrap(answered, WIDTH, '      ')])
}

/** A command is never broken: a shell would read two. */
function repairLines({ text, commands }: Repair): readonly string[] {
  return [...wrap(text, WIDTH, '    '), ...commands.map((command) => `      ${command}`)]
}

function answerLines(result: DoctorResult): readonly string[] {
  const rows = Object.entries(result.answers).map(
    ([probe, answer]) => `    ${probeWords(probe, result).padEnd(20)} ${answerWords(answer)}`,
  )
  return section('Bitbucket', [], rows)
}

export function answerWords(answer: Answer): string {
  if (answer.kind === 'yes') return 'accepted'
  return answer.kind === 'no' ? `refused: ${answer.reason}` : `could not be checked: ${answer.reason}`
}

function chainLines(chain: DoctorChain | undefined): readonly string[] {
  if (chain === undefined) return []
  const steps = (chain.steps ?? chain.sources.map((_, source) => ({ source }))).flatMap((step) => {
    if (!('source' in step)) return stepLines(step.outcome, step.kind, step.where, step.why)
    const source = chain.sources[step.source]
    return source === undefined ? [] : sourceLines(source)
  })
  return [
    ...section(
      'Where git looks',
      [],
      [
        ...urlLines(chain),
        ...(steps.length === 0 ? ['    nowhere: no source holds a credential'] : steps),
        ...afterwards(chain),
      ],
    ),
    ...section('Also in force', [], (chain.notes ?? []).flatMap(noteLines)),
  ]
}

/** With the permission that is missing, where the controller names it. */
function gapLines(findings: DoctorResult['findings']): readonly string[] {
  const gaps = [...new Set(findings?.gaps ?? [])]
  return section(
    'What the controller did not show',
    [],
    gaps.flatMap((gap) => wrap(gap, WIDTH, '      ', '    ')),
  )
}

/** How the URL came about, and who decides the username. Nothing is said when both are as they were typed. */
function urlLines({ url, side, route = [], pinned }: DoctorChain): readonly string[] {
  if (url === undefined || (route.length === 0 && pinned === undefined)) return []
  return [
    ...wrap(`${url}, for ${side === 'push' ? 'pushing' : 'fetching'}`, WIDTH, '      ', '    '),
    ...route.flatMap(({ where, text }, index) =>
      wrap(`${index === 0 ? 'from' : 'then'} ${text}, ${where}`, WIDTH, '        ', '      '),
    ),
    ...(pinned === undefined ? [] : wrap(pinWords(pinned, route), WIDTH, '        ', '      ')),
  ]
}

function pinWords({ username, where }: NonNullable<DoctorChain['pinned']>, route: readonly DoctorNote[]): string {
  const isSaid = route.some((note) => note.where === where)
  return isSaid ? `which decides the username: ${username}` : `the username ${username} is decided by ${where}`
}

function sourceLines({ kind, where, username, sentAs, standing, dropped, why }: DoctorSource): readonly string[] {
  const name = username === undefined ? '' : `, username ${username}`
  return stepLines(
    dropped === true ? 'dropped' : standing,
    kind,
    `${where}${name}${sentAs === undefined ? '' : `, sent as ${sentAs}`}`,
    why,
  )
}

function stepLines(standing: string, kind: string, where: string, why: string): readonly string[] {
  // A helper without a file of its own is called by its name, which says that it is one.
  const what = where.startsWith('credential helper') ? where : `${kind}, ${where}`
  return [...wrap(`${standing}: ${what}`, WIDTH, '      ', '    '), ...wrap(why, WIDTH, '      ')]
}

/** What git does next depends on the refusal, and people expect otherwise. */
function afterwards({ sources }: DoctorChain): readonly string[] {
  const first = sources.find(({ standing }) => standing === 'sent first')
  const waiting = sources.filter(({ standing }) => standing === 'sent next' || standing === 'masked')
  const [next] = waiting
  if (first === undefined || next === undefined) return []
  const words: Readonly<Record<string, string>> = {
    'extra header': 'The header goes out with every request, whatever is refused.',
    'url userinfo': 'After any refusal git stops, and sends the same on the next run.',
    netrc: `After a 401 git asks ${next.where}. After a 403, 404 or 410 it stops. It never changes a netrc.`,
    helper: `After a 401 git forgets the first one, and asks ${next.where} on the next run. After a 403, 404 or 410 it stops and forgets nothing.`,
  }
  const text = words[first.kind]
  return text === undefined ? [] : wrap(text, WIDTH, '    ')
}

function noteLines({ where, text }: DoctorNote): readonly string[] {
  return [...wrap(where, WIDTH, '      ', '    '), ...wrap(text, WIDTH, '      ')]
}

function subjectWords({ subject }: DoctorResult): string {
  const { words, kind, fingerprint, username, repository } = subject
  const credential = fingerprint === undefined ? '' : `, ${kind ?? 'secret'} ${fingerprint}`
  const user = username === undefined ? '' : `, username ${username}`
  const target = repository === undefined ? '' : `, for ${repository.workspace}/${repository.slug}`
  return `${words}${credential}${user}${target}`
}

function section(title: string, texts: readonly string[], lines: readonly string[] = []): readonly string[] {
  const body = [...texts.flatMap((text) => wrap(text, WIDTH, '    ')), ...lines]
  return body.length === 0 ? [] : ['', `  ${title}`, ...body]
}
