import type { BitbucketClient, RestAnswer } from '../bitbucket/client.ts'
import type { Answer } from '../model/answer.ts'
import type { Answers, ProbeId, Subject } from './facts.ts'

/** Asks Bitbucket one question about one credential, and changes nothing by asking. */
export interface Probe {
  readonly id: ProbeId
  readonly question: string
  /** Whether the answers so far leave this question open. */
  readonly isNeeded: (subject: Subject, answers: Answers) => boolean
  readonly ask: (
    subject: Subject,
    client: BitbucketClient,
    answers: Answers,
  ) => Promise<Answer | RestAnswer | undefined>
}
