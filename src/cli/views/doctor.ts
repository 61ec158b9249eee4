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
  readonly chain?: {
    readonly sources: readonly {
      readonly kind: string
      readonly where: string
      readonly username?: string
      readonly standing: string
      readonly why: string
    }[]
  }
}

export const PROBE_WORDS: Readonly<Record<string, string>> = {
  'git-anonymous': 'Git, anonymous',
  'git-configured': 'Git, as stored',
  'git-sentinel': 'Git, fixed username',
  'git-push': 'Git, for pushing',
  'rest-configured': 'REST, as stored',
  'rest-email': 'REST, e-mail',
  'rest-bearer': 'REST, Bearer',
  'rest-repository': 'REST, repository',
  site: 'Site',
}

/** The first line is the cause. Commands stand alone on their lines, ready to copy. */
export function doctorLines(result: DoctorResult): readonly string[] {
  return [
    ...result.diagnoses.flatMap((diagnosis, index) => diagnosisLines(diagnosis, index)),
    ...section('Examined', [subjectWords(result)]),
    ...answerLines(result.answers),
    ...chainLines(result.chain),
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

function answerLines(answers: DoctorResult['answers']): readonly string[] {
  const rows = Object.entries(answers).map(
    ([probe, answer]) => `    ${(PROBE_WORDS[probe] ?? probe).padEnd(20)} ${answerWords(answer)}`,
  )
  return section('Bitbucket', [], rows)
}

export function answerWords(answer: Answer): string {
  if (answer.kind === 'yes') return 'accepted'
  return answer.kind === 'no' ? `refused: ${answer.reason}` : `could not be checked: ${answer.reason}`
}

function chainLines(chain: DoctorResult['chain']): readonly string[] {
  if (chain === undefined) return []
  const rows = chain.sources.flatMap(({ kind, where, username, standing, why }) => [
    ...wrap(
      `${standing}: ${kind}, ${where}${username === undefined ? '' : `, username ${username}`}`,
      WIDTH,
      '      ',
      '    ',
    ),
    ...wrap(why, WIDTH, '      '),
  ])
  return section('Where git looks', [], rows.length === 0 ? ['    nowhere: no source holds a credential'] : rows)
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
