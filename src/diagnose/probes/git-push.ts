import { isYes } from '../answers.ts'
import type { Probe } from '../probe.ts'
import { storedLogin } from '../stored-login.ts'

/** `info/refs` of receive-pack is what git asks before it pushes; asking it writes nothing. It is refused to anonymous callers. */
export const gitPush: Probe = {
  id: 'git-push',
  question: 'Does git over HTTPS accept the credential as it is stored, for pushing?',
  isNeeded: ({ use, credential }, answers) =>
    credential !== undefined &&
    (isYes(answers['git-anonymous']) || (use === 'git-push' && isYes(answers['git-configured']))),
  ask: async (subject, client) => {
    const { repository, credential } = subject
    return repository === undefined || credential === undefined
      ? undefined
      : client.gitRefs(repository, 'git-receive-pack', storedLogin(credential, subject))
  },
}
