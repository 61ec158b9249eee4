import { refusedBecause } from '../answers.ts'
import { emailOf } from '../open-question.ts'
import type { Probe } from '../probe.ts'

/** Only for a site that the user named, and only when Bitbucket has left open which kind of API token this is. */
export const site: Probe = {
  id: 'site',
  question: 'Does the site of the user accept the token, as it does for tokens without scopes?',
  isNeeded: (subject, answers) =>
    subject.siteUrl !== undefined &&
    emailOf(subject) !== undefined &&
    [answers['rest-email'], answers['rest-configured']].some((answer) =>
      refusedBecause(answer, 'no Bitbucket scopes', 'token invalid or expired', 'unauthorized'),
    ),
  ask: async (subject, client) => {
    const email = emailOf(subject)
    if (subject.siteUrl === undefined || subject.credential === undefined || email === undefined) return undefined
    return client.classicTokenCheck(subject.siteUrl, email, subject.credential.secret)
  },
}
