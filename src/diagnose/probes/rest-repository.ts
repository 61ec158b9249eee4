import { shapeOf } from '../../bitbucket/token-shape.ts'
import { isRecognised } from '../answers.ts'
import { emailOf, isRefusedByGit } from '../open-question.ts'
import type { Probe } from '../probe.ts'
import { restPath } from '../rest-path.ts'

/** Git answers 401 both for an unknown token and, perhaps, for a missing permission: REST tells them apart. */
export const restRepository: Probe = {
  id: 'rest-repository',
  question: 'Does REST show the repository to the owner of the secret?',
  isNeeded: (subject, answers) =>
    subject.repository !== undefined &&
    // Of an access token, which has no user, `rest-bearer` asks the repository itself.
    subject.credential !== undefined &&
    shapeOf(subject.credential.secret).kind !== 'access-token' &&
    isRefusedByGit(answers) &&
    (isRecognised(answers['rest-email']) || isRecognised(answers['rest-bearer'])),
  ask: async (subject, client) => {
    if (subject.credential === undefined) return undefined
    const { secret } = subject.credential
    const email = emailOf(subject)
    return client.rest(
      restPath(subject.repository),
      email === undefined ? { bearer: secret } : { basic: { username: email, secret } },
    )
  },
}
