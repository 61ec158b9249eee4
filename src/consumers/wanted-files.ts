import type { WantedFiles } from '../model/consumer.ts'

// What must be opened whatever stands in it, apart from its detectors: a scan starts to read before it has loaded them.

export const NETRC_FILES: WantedFiles = { names: ['.netrc', '_netrc', 'netrc'], suffixes: [] }
export const GIT_CREDENTIALS_FILES: WantedFiles = { names: ['.git-credentials'], suffixes: ['/git/credentials'] }
export const GIT_CONFIG_FILES: WantedFiles = {
  names: ['.gitconfig', '.gitmodules', '.lfsconfig', 'config', 'config.worktree'],
  suffixes: [],
}
export const JENKINS_HOME_FILES: WantedFiles = {
  names: [
    'credentials.xml',
    'config.xml',
    'org.jenkinsci.plugins.workflow.libs.GlobalLibraries.xml',
    'org.jenkinsci.plugins.workflow.libs.GlobalUntrustedLibraries.xml',
  ],
  suffixes: [],
}

/** Nothing in an encrypted file says whose it is. */
export const VAULT_FILES: WantedFiles = { names: [], suffixes: [], inNames: ['vault'] }

/** Of consumers that keep one secret in a file of its own: the name alone says whose it is. */
export const NAMED_BITBUCKET: readonly string[] = ['bitbucket']

const ALL = [GIT_CONFIG_FILES, GIT_CREDENTIALS_FILES, JENKINS_HOME_FILES, NETRC_FILES]

/** Of every consumer in the registry, in its order. */
export const WANTED_FILES: WantedFiles = {
  names: ALL.flatMap(({ names }) => names),
  suffixes: ALL.flatMap(({ suffixes }) => suffixes),
  inNames: [...(VAULT_FILES.inNames ?? []), ...NAMED_BITBUCKET],
}
