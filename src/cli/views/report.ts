import { DIAGNOSIS_WORDS, diagnosisSentence } from '../../messages/diagnoses.ts'
import { VERSION } from '../../model/version.ts'
import type { DoctorResult } from './doctor.ts'
import { harmless } from './text.ts'

/** A text for a support thread: no secret, no e-mail address. */
export function reportText(result: DoctorResult): string {
  const lines = [
    '# keyturn report',
    '',
    `- keyturn ${VERSION}, Node ${process.versions.node}, ${process.platform}`,
    `- examined: ${result.subject.words}`,
    `- kind of secret: ${result.subject.kind ?? 'not known'}`,
    `- username: ${result.subject.username ?? 'none'}`,
    '',
    ...result.diagnoses.flatMap((diagnosis) => [
      `## ${diagnosis.code} ${DIAGNOSIS_WORDS[diagnosis.code].headline}`,
      '',
      diagnosisSentence(diagnosis),
      '',
      ...diagnosis.evidence.map(({ asked, answered }) => `- ${asked}: ${answered}`),
      '',
    ]),
    '## What was asked',
    '',
    ...Object.entries(result.answers).map(
      ([probe, { kind, evidence }]) => `- ${probe}: ${kind}. ${evidence.asked}: ${evidence.answered}`,
    ),
  ]
  return `${lines.map((line) => withoutEmail(harmless(line))).join('\n')}\n`
}

function withoutEmail(line: string): string {
  return line.replace(/[\w.+-]+(@|%40)[\w-]+(\.[\w-]+)+/gi, '<e-mail>')
}
