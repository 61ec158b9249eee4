import { shapeOf } from '../../bitbucket/token-shape.ts'
import type { Credential } from '../../model/credential.ts'
import { isGit } from '../answers.ts'
import type { Probe } from '../probe.ts'
import { askedPath } from '../rest-path.ts'

/** As the tool sends it: access tokens as Bearer, everything else as Basic. */
export const restConfigured: Probe = {
  id: 'rest-configured',
  question: 'Does REST accept the credential as it is stored?',
  isNeeded: ({ use, credential }) => !isGit(use) && credential !== undefined,
  ask: async (subject, client) => {
    const { credential } = subject
    if (credential === undefined) return undefined
    const bearer = subject.bearer === true || isSentAlone(credential)
    return client.rest(askedPath(subject), bearer ? { bearer: credential.secret } : { basic: credential })
  },
}

export function isSentAlone({ username, secret }: Credential): boolean {
  return username === undefined || (username === '' && shapeOf(secret).kind === 'access-token')
}
