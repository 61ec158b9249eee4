import { shapeOf } from '../../bitbucket/token-shape.ts'
import { isRecognised, isRefusedPair, refusedBecause } from '../answers.ts'
import { needsRest } from '../open-question.ts'
import type { Probe } from '../probe.ts'
import { restPath } from '../rest-path.ts'

/** Needs no username, so it separates a wrong name from a dead token. REST accepts API tokens as Bearer since August 2026. */
export const restBearer: Probe = {
  id: 'rest-bearer',
  question: 'Does REST accept the secret alone?',
  isNeeded: (subject, answers) => {
    const told = answers['rest-email']
    if (subject.bearer === true && isRefusedPair(answers['rest-configured'])) return false
    if (isRecognised(told) || refusedBecause(told, 'no Bitbucket scopes', 'app password removed')) return false
    return needsRest(subject, answers)
  },
  ask: async ({ credential, repository }, client) => {
    if (credential === undefined) return undefined
    // A resource access token has no user of its own.
    const path = shapeOf(credential.secret).kind === 'access-token' ? restPath(repository) : '/2.0/user'
    return client.rest(path, { bearer: credential.secret })
  },
}
