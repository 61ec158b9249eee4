import type { BitbucketClient } from '../../bitbucket/client.ts'
import { shapeOf } from '../../bitbucket/token-shape.ts'
import { MOST_REPETITIONS } from '../../bitbucket/visit-limits.ts'
import type { Answers, Subject } from '../facts.ts'
import { refusalInDoubt } from '../lone-refusal.ts'
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

/**
 * Seven about the credential under examination, and two about what git sends before it: netrc and a helper on the account of a Jenkins
 * agent, or the first of two in turn. The table of `docs/diagnoses.md` says which are asked when. Held by `test/live/probes.test.ts`.
 */
export const MOST_QUESTIONS = 9
/** With the repetitions that a visit allows. */
export const MOST_REQUESTS = MOST_QUESTIONS + MOST_REPETITIONS

/** Whether git, which has another credential behind this one, stays with it. */
export const OPENING: readonly Probe[] = [gitAnonymous, gitConfigured, gitPush]

/** `visit`: the client of the whole diagnosis. `before`: answers that hold for this credential already. */
export async function runProbes(
  subject: Subject,
  visit: BitbucketClient,
  before: Answers = {},
  probes: readonly Probe[] = PROBES,
): Promise<Answers> {
  const answers = await askWhatIsOpen(subject, visit, before, probes)
  const kind = subject.credential === undefined ? undefined : shapeOf(subject.credential.secret).kind
  const inDoubt = refusalInDoubt(answers, visit.takesBearer(), kind !== 'app-password')
  const probe = probes.find(({ id }) => id === inDoubt)
  if (probe === undefined || !(await visit.mayAskAgain())) return answers
  const again = await probe.ask(subject, visit, answers)
  return again === undefined ? answers : askWhatIsOpen(subject, visit, { ...answers, [probe.id]: again }, probes)
}

async function askWhatIsOpen(
  subject: Subject,
  visit: BitbucketClient,
  before: Answers,
  probes: readonly Probe[],
): Promise<Answers> {
  let answers = before
  for (const probe of probes) {
    if (answers[probe.id] !== undefined || !probe.isNeeded(subject, answers)) continue
    const answer = await probe.ask(subject, visit, answers)
    if (answer !== undefined) answers = { ...answers, [probe.id]: answer }
  }
  return answers
}
