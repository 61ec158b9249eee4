import type { Jenkins, JenkinsOptions } from './jenkins/index.ts'

// What `keyturn/sandbox` exports: Bitbucket Cloud with the Atlassian account, and a Jenkins controller.
export type { ClockReading } from './clock.ts'
export {
  type Fault,
  type NewAccessToken,
  type NewApiToken,
  type NewOAuthConsumer,
  type NewOAuthToken,
  type NewRepository,
  type NewUser,
  type Permission,
  type RecordedRequest,
  type RepositoryName,
  type Sandbox,
  type SandboxOptions,
  type Switches,
  startSandbox,
  type UserState,
  type WorkspacePolicy,
  type World,
} from './index.ts'
export type { Jenkins, JenkinsOptions } from './jenkins/index.ts'

/** Loaded when it is first called: most tests of a Bitbucket client need no Jenkins. */
export const startJenkins = async (options: JenkinsOptions): Promise<Jenkins> =>
  (await import('./jenkins/index.ts')).startJenkins(options)
