import { shapeOf } from '../../bitbucket/token-shape.ts'
import { isRecognised, isRefusedPair, refusedBecause } from '../answers.ts'
import type { Subject } from '../facts.ts'
import { needsRest } from '../open-question.ts'
import type { Probe } from '../probe.ts'
import { askedPath } from '../rest-path.ts'
import { isSentAlone } from './rest-configured.ts'

/** Needs no username, so it separates a wrong name from a dead token. REST accepts API tokens as Bearer since August 2026. */
export const restBearer: Probe = {
  id: 'rest-bearer',
  question: 'Does REST accept the secret alone?',
  isNeeded: (subject, answers) => {
    const told = answers['rest-email']
    if (isAskedAlready(subject) && isRefusedPair(answers['rest-configured'])) return false
    if (isRecognised(told) || refusedBecause(told, 'no Bitbucket scopes', 'app password removed')) return false
    return needsRest(subject, answers)
  },
  ask: async (subject, client, answers) => {
    const { credential } = subject
    if (credential === undefined) return undefined
    // A resource access token has no user of its own. Where its repository is hidden as from everybody, the user is asked for: only a
    // token that arrived is told that it has none.
    const isHidden = refusedBecause(answers['rest-configured'], 'no access')
    const isOfResource = shapeOf(credential.secret).kind === 'access-token' && !isAskedAlready(subject) && !isHidden
    const path = isOfResource ? askedPath(subject) : '/2.0/user'
    return client.rest(path, { bearer: credential.secret })
  },
}

function isAskedAlready({ bearer, credential }: Subject): boolean {
  return bearer === true || (credential !== undefined && isSentAlone(credential))
}
