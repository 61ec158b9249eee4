import { isYes } from '../answers.ts'
import type { Probe } from '../probe.ts'

/**
 * Jenkins takes a workspace that it may not read for a user, and lists less (bitbucket-branch-source-plugin, BitbucketSCMNavigator). So
 * the question counts only where the list of repositories is answered.
 */
export const restWorkspace: Probe = {
  id: 'rest-workspace',
  question: 'Does REST show the workspace that is scanned?',
  isNeeded: ({ scans, workspace, credential }, answers) =>
    scans === true && workspace !== undefined && credential !== undefined && isYes(answers['rest-configured']),
  ask: async ({ workspace = '', credential }, client) => {
    if (credential === undefined) return undefined
    const { username, secret } = credential
    return client.rest(
      `/2.0/workspaces/${encodeURIComponent(workspace)}`,
      username === undefined ? { bearer: secret } : { basic: credential },
    )
  },
}
