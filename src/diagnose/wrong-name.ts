import type { Evidence } from '../model/answer.ts'
import { evidenceOf, gitAnswer, isRecognised, isRefusedPair } from './answers.ts'
import type { Answers } from './facts.ts'

/** The same secret is refused under the stored name and known under the fixed one: only the name is wrong. */
export function isWrongNameInGit(answers: Answers): boolean {
  return isRefusedPair(gitAnswer(answers)) && isRecognised(answers['git-sentinel'])
}

export function nameEvidence(answers: Answers): readonly Evidence[] {
  return evidenceOf(answers, 'git-configured', 'git-push', 'git-sentinel')
}
