import { isYes } from '../answers.ts'
import type { Probe } from '../probe.ts'

export const gitConfigured: Probe = {
  id: 'git-configured',
  question: 'Does git over HTTPS accept the credential as it is stored, for fetching?',
  isNeeded: (subject, answers) =>
    subject.credential !== undefined && answers['git-anonymous'] !== undefined && !isYes(answers['git-anonymous']),
  ask: async ({ repository, credential }, client) =>
    repository === undefined || credential === undefined
      ? undefined
      : client.gitRefs(repository, 'git-upload-pack', credential),
}
