import type { Answer } from '../model/answer.ts'
import { Failure } from '../model/failure.ts'
import type { Step } from '../model/plan.ts'
import type { ApplyDeps } from './deps.ts'

export type Proof =
  | { readonly kind: 'verified'; readonly detail: string }
  | { readonly kind: 'not verifiable here'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }

/** Asks over the wire for every use of a place, as its consumer would. One refusal decides; one `unknown` leaves it open. */
export async function prove(step: Step, deps: ApplyDeps): Promise<Proof> {
  const verifier = deps.hands(step.place.consumer).verifier
  if (verifier === undefined || step.uses.length === 0)
    return { kind: 'not verifiable here', detail: 'no repository is known to try it on' }
  const answers: Answer[] = []
  for (const use of step.uses) {
    const answer = await verifier.verify(step.place, use, deps.context).catch(unknownAfter)
    if (answer.kind === 'no') return { kind: 'refused', detail: wordsOf(answer) }
    answers.push(answer)
  }
  const open = answers.find((answer) => answer.kind === 'unknown')
  if (open !== undefined) return { kind: 'not verifiable here', detail: wordsOf(open) }
  return { kind: 'verified', detail: answers.map(wordsOf).join('; ') }
}

/** A system that could not be asked has not refused. */
function unknownAfter(error: unknown): Answer {
  if (!(error instanceof Failure) || error.code === 'R900') throw error
  const answered = `${error.code} ${error.parts.because ?? ''}`.trim()
  return { kind: 'unknown', reason: 'network', evidence: { asked: error.parts.at ?? 'the consumer', answered } }
}

function wordsOf({ evidence }: Answer): string {
  return `${evidence.asked}: ${evidence.answered}`
}
