import { shapeOf } from '../../bitbucket/token-shape.ts'
import { isGit } from '../answers.ts'
import type { Probe } from '../probe.ts'
import { restPath } from '../rest-path.ts'

/** As the tool sends it: access tokens as Bearer, everything else as Basic. */
export const restConfigured: Probe = {
  id: 'rest-configured',
  question: 'Does REST accept the credential as it is stored?',
  isNeeded: ({ use, credential }) => !isGit(use) && credential !== undefined,
  ask: async ({ credential, repository }, client) => {
    if (credential === undefined) return undefined
    const bearer =
      credential.username === undefined ||
      (shapeOf(credential.secret).kind === 'access-token' && credential.username === '')
    return client.rest(restPath(repository), bearer ? { bearer: credential.secret } : { basic: credential })
  },
}
