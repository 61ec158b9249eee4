import { shapeOf } from '../../bitbucket/token-shape.ts'
import { emailOf, needsRest } from '../open-question.ts'
import type { Probe } from '../probe.ts'

/** The one form of REST login whose refusal has a specific text: "API Token provided has no Bitbucket scopes" comes with Basic only. */
export const restEmail: Probe = {
  id: 'rest-email',
  question: 'Does REST accept the secret under the e-mail of its owner?',
  isNeeded: (subject, answers) =>
    subject.credential !== undefined &&
    emailOf(subject) !== undefined &&
    shapeOf(subject.credential.secret).kind !== 'access-token' &&
    !(answers['rest-configured'] !== undefined && subject.credential.username === emailOf(subject)) &&
    needsRest(subject, answers),
  ask: async (subject, client) => {
    const username = emailOf(subject)
    if (username === undefined || subject.credential === undefined) return undefined
    return client.rest('/2.0/user', { basic: { username, secret: subject.credential.secret } })
  },
}
