import type { BitbucketClient } from '../../bitbucket/client.ts'
import type { Answers, Subject } from '../facts.ts'
import type { Probe } from '../probe.ts'
import { gitAnonymous } from './git-anonymous.ts'
import { gitConfigured } from './git-configured.ts'
import { gitPush } from './git-push.ts'
import { gitSentinel } from './git-sentinel.ts'
import { restBearer } from './rest-bearer.ts'
import { restConfigured } from './rest-configured.ts'
import { restEmail } from './rest-email.ts'
import { restRepository } from './rest-repository.ts'
import { site } from './site.ts'

/** In this order: each looks at the answers before it, and none is asked twice. */
export const PROBES: readonly Probe[] = [
  gitAnonymous,
  gitConfigured,
  gitPush,
  gitSentinel,
  restConfigured,
  restEmail,
  restBearer,
  restRepository,
  site,
]

export async function runProbes(subject: Subject, client: BitbucketClient): Promise<Answers> {
  let answers: Answers = {}
  for (const probe of PROBES) {
    if (!probe.isNeeded(subject, answers)) continue
    const answer = await probe.ask(subject, client, answers)
    if (answer !== undefined) answers = { ...answers, [probe.id]: answer }
  }
  return answers
}
