import { shapeOf } from '../../bitbucket/token-shape.ts'
import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import type { Credential } from '../../model/credential.ts'
import { isRefusedPair } from '../answers.ts'
import type { Subject } from '../facts.ts'
import type { Probe } from '../probe.ts'

/** Separates a wrong username from a wrong secret: the fixed username fits every token of its kind. */
export const gitSentinel: Probe = {
  id: 'git-sentinel',
  question: 'Does git over HTTPS accept the secret under the fixed username of its kind?',
  isNeeded: (subject, answers) => isRefusedPair(answers['git-configured']) && withSentinel(subject) !== undefined,
  ask: async (subject, client) => {
    const credential = withSentinel(subject)
    if (credential === undefined || subject.repository === undefined) return undefined
    return client.gitRefs(subject.repository, 'git-upload-pack', credential)
  },
}

function withSentinel({ credential }: Subject): Credential | undefined {
  if (credential === undefined) return undefined
  const { kind, checksum } = shapeOf(credential.secret)
  // A damaged copy is known without asking, and an app password answers 410 under any name.
  if (checksum === 'does not fit' || kind === 'app-password') return undefined
  const username = kind === 'access-token' ? ACCESS_TOKEN_GIT_USERNAME : API_TOKEN_GIT_USERNAME
  return credential.username === username ? undefined : { username, secret: credential.secret }
}
