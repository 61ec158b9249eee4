import { join } from 'node:path'
import type { Sandbox } from '../../sandbox/index.ts'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import { apiTokenUser, privateUrl, startTown } from './town.ts'

export interface JenkinsTown {
  readonly sandbox: Sandbox
  readonly jenkins: Jenkins
  /** The API token of an administrator of the controller. */
  readonly adminToken: string
  /** May look and build, and nothing more. */
  readonly readerToken: string
  stop(): Promise<void>
}

/** A controller whose job team/shop fetches acme/app with the folder's credential bb, which is a dead app password. */
export const startJenkinsTown = async (): Promise<JenkinsTown> => {
  const sandbox = await startTown()
  const gitEnvironment = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    GIT_CONFIG_NOSYSTEM: '1',
    ...sandbox.environment(),
  }
  const jenkins = await startJenkins({ home: join(sandbox.folder, 'jenkins'), gitEnvironment, seed: 'clients' })
  const permissions = (...names: readonly string[]): readonly string[] => names.map((name) => `hudson.model.${name}`)
  const add = (id: string, granted: readonly string[]): string =>
    jenkins.addUser({ id, password: 'password', permissions: granted }).apiToken
  const adminToken = add('admin', permissions('Hudson.Administer'))
  const readerToken = add('reader', permissions('Hudson.Read', 'Item.Read', 'Item.Build'))
  await jenkins.addFolder('team')
  const secret = sandbox.world.addAppPassword('alice')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: 'alice', secret })
  await jenkins.addFreestyleJob({ fullName: 'team/shop', url: privateUrl, credentialsId: 'bb' })
  return {
    sandbox,
    jenkins,
    adminToken,
    readerToken,
    stop: async () => {
      await jenkins.stop()
      await sandbox.stop()
    },
  }
}

/** A new API token of alice for git, as Jenkins stores a user name with a password. */
export const newCredentialXml = (sandbox: Sandbox): string => {
  const secret = sandbox.world.addApiToken('alice', { name: 'jenkins' })
  return [
    '<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>',
    '<scope>GLOBAL</scope><id>bb</id><description></description>',
    `<username>${apiTokenUser}</username><password>${secret}</password>`,
    '</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>',
  ].join('')
}

/** What the controller was asked while `act` ran: each request once, in the order of first arrival. */
export const requestsOf = async <T>(
  jenkins: Jenkins,
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly sent: readonly string[] }> => {
  const before = jenkins.requests.length
  const result = await act()
  const asked = jenkins.requests.slice(before)
  const lines = asked.map(({ method, path, user, status }) => `${method} ${path} as ${user}: ${status}`)
  return { result, sent: [...new Set(lines)] }
}
