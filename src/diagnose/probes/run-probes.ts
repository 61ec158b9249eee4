import type { BitbucketClient } from '../../bitbucket/client.ts'
import { MOST_REPETITIONS } from '../../bitbucket/visit-limits.ts'
import type { Answers, Subject } from '../facts.ts'
import type { Probe } from '../probe.ts'
import { gitAnonymous } from './git-anonymous.ts'
import { gitConfigured } from './git-configured.ts'
import { gitPush } from './git-push.ts'
import { gitSentinel } from './git-sentinel.ts'
import { restAnonymous } from './rest-anonymous.ts'
import { restBearer } from './rest-bearer.ts'
import { restConfigured } from './rest-configured.ts'
import { restEmail } from './rest-email.ts'
import { restRepository } from './rest-repository.ts'
import { restWorkspace } from './rest-workspace.ts'
import { site } from './site.ts'

/** In this order: each looks at the answers before it, and none is asked twice. */
export const PROBES: readonly Probe[] = [
  gitAnonymous,
  gitConfigured,
  gitPush,
  gitSentinel,
  restAnonymous,
  restConfigured,
  restEmail,
  restBearer,
  restRepository,
  restWorkspace,
  site,
]

/** Questions about one credential; the table of `docs/diagnoses.md` says which are asked when. Held by `test/live/probes.test.ts`. */
export const MOST_QUESTIONS = 8
/** With the repetitions that a visit allows. */
export const MOST_REQUESTS = MOST_QUESTIONS + MOST_REPETITIONS

export async function runProbes(subject: Subject, anyClient: BitbucketClient): Promise<Answers> {
  const client = anyClient.visit()
  let answers: Answers = {}
  for (const probe of PROBES) {
    if (!probe.isNeeded(subject, answers)) continue
    const answer = await probe.ask(subject, client, answers)
    if (answer !== undefined) answers = { ...answers, [probe.id]: answer }
  }
  return answers
}
