import { isGit } from '../answers.ts'
import type { Probe } from '../probe.ts'

/** Asked first: git sends no credential at all for a public repository, so that fetching it proves nothing. */
export const gitAnonymous: Probe = {
  id: 'git-anonymous',
  question: 'Can everybody fetch the repository?',
  isNeeded: (subject) => subject.repository !== undefined && isGit(subject.use),
  ask: async ({ repository }, client) =>
    repository === undefined ? undefined : client.gitRefs(repository, 'git-upload-pack', 'anonymous'),
}
