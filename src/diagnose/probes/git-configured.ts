import { isYes } from '../answers.ts'
import type { Probe } from '../probe.ts'
import { storedLogin } from '../stored-login.ts'

export const gitConfigured: Probe = {
  id: 'git-configured',
  question: 'Does git over HTTPS accept the credential as it is stored, for fetching?',
  isNeeded: (subject, answers) =>
    subject.credential !== undefined && answers['git-anonymous'] !== undefined && !isYes(answers['git-anonymous']),
  ask: async (subject, client) => {
    const { repository, credential } = subject
    return repository === undefined || credential === undefined
      ? undefined
      : client.gitRefs(repository, 'git-upload-pack', storedLogin(credential, subject))
  },
}
