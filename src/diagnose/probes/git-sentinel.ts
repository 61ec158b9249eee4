import type { GitService } from '../../bitbucket/client.ts'
import { shapeOf } from '../../bitbucket/token-shape.ts'
import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import type { Credential } from '../../model/credential.ts'
import { gitAnswer, isRefusedPair, isYes } from '../answers.ts'
import type { Answers, Subject } from '../facts.ts'
import type { Probe } from '../probe.ts'

/** Separates a wrong username from a wrong secret: the fixed username fits every token of its kind. */
export const gitSentinel: Probe = {
  id: 'git-sentinel',
  question: 'Does git over HTTPS accept the secret under the fixed username of its kind?',
  isNeeded: (subject, answers) => isRefusedPair(gitAnswer(answers)) && withSentinel(subject) !== undefined,
  ask: async (subject, client, answers) => {
    const credential = withSentinel(subject)
    if (credential === undefined || subject.repository === undefined) return undefined
    return client.gitRefs(subject.repository, serviceThatAsks(answers), { basic: credential })
  },
}

function withSentinel({ credential }: Subject): Credential | undefined {
  if (credential === undefined) return undefined
  const { kind, checksum } = shapeOf(credential.secret)
  // A damaged copy is known without asking, and an app password answers 410 under any name.
  if (checksum === 'does not fit' || (kind === 'app-password' && checksum === 'fits')) return undefined
  const username = kind === 'access-token' ? ACCESS_TOKEN_GIT_USERNAME : API_TOKEN_GIT_USERNAME
  return credential.username === username ? undefined : { username, secret: credential.secret }
}

/** The repository is public: only pushing asks for a credential. */
function serviceThatAsks(answers: Answers): GitService {
  return isYes(answers['git-anonymous']) ? 'git-receive-pack' : 'git-upload-pack'
}
