import { isGit } from '../answers.ts'
import type { Probe } from '../probe.ts'
import { askedPath } from '../rest-path.ts'

/** Asked first: what everybody may read proves nothing about a credential. Lists are not asked for: everybody gets one. */
export const restAnonymous: Probe = {
  id: 'rest-anonymous',
  question: 'Does REST answer everybody?',
  isNeeded: (subject) => !isGit(subject.use) && subject.scans !== true && !askedPath(subject).startsWith('/2.0/user'),
  ask: async (subject, client) => client.rest(askedPath(subject), 'anonymous'),
}
