import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Jenkins, type JenkinsOptions, startJenkins } from '../../sandbox/jenkins/index.ts'
import type { Account, Ended } from './account.ts'
import type { JenkinsWorld, Pair } from './blueprint.ts'
import { netrcLine } from './furnish-git.ts'
import { type Setting, settingsText } from './git-settings.ts'
import { type Cast, pairText } from './issue-secrets.ts'

export const JOB = 'team/app'
/** Where the job is a pipeline, the repository holds what it runs. */
export const JENKINSFILE = { Jenkinsfile: 'node { checkout scm }\n' }

export interface JenkinsScene {
  readonly jenkins: Jenkins
  /** The account that runs the builds. */
  readonly agent: Account
  readonly login: { readonly baseUrl: string; readonly user: string; readonly apiToken: string }
  /** What the administrator takes for the secret of the credential. */
  readonly given: string
  readonly command: () => Promise<Ended>
  readonly stop: () => Promise<void>
}

export async function furnishJenkins(
  world: JenkinsWorld,
  cast: Cast,
  folder: string,
  agent: Account,
): Promise<JenkinsScene> {
  const { HOME: _, ...gitEnvironment } = agent.environment
  const ssh = join(folder, 'ssh')
  await writeFile(ssh, REFUSED_KEY, { mode: 0o700 })
  const jenkins = await startJenkins({
    home: join(folder, 'jenkins'),
    gitEnvironment: { ...gitEnvironment, GIT_CONFIG_NOSYSTEM: '1', GIT_SSH_COMMAND: ssh },
    ...(world.ownedByCode ? await ownedByCode(world, cast, folder) : {}),
    agentHome: agent.home,
    controllerHome: join(folder, 'controller'),
    seed: cast.username,
  })
  const { apiToken } = jenkins.addUser({
    id: 'admin',
    password: 'sandbox',
    permissions: ['hudson.model.Hudson.Administer'],
  })
  await jenkins.addFolder('team')
  await addCredentials(jenkins, world, cast)
  await addJob(jenkins, world, cast)
  await furnishAgent(world, cast, agent)
  return {
    jenkins,
    agent,
    login: { baseUrl: jenkins.url, user: 'admin', apiToken },
    given: cast.secretOf(world.pair.secret),
    command: async () => {
      const { result, console } = await jenkins.build(JOB)
      return { exitCode: result === 'SUCCESS' ? 0 : 1, words: console }
    },
    stop: () => jenkins.stop(),
  }
}

const REFUSED_KEY = `#!/bin/sh
echo 'git@bitbucket.org: Permission denied (publickey).' >&2
exit 255
`

/** The YAML that the controller loads at each start, with the secret in a variable. */
async function ownedByCode({ id, pair }: JenkinsWorld, cast: Cast, folder: string): Promise<Partial<JenkinsOptions>> {
  const [username, secret] = pairText(cast, pair)
  const source = join(folder, 'jenkins.yaml')
  const scope = id === 'system scope' ? 'SYSTEM' : 'GLOBAL'
  const fields = [`scope: ${scope}`, 'id: bb', `username: "${username}"`, `password: "$\{TOKEN}"`]
  const lines = fields.map((field) => `              ${field}`).join('\n')
  await writeFile(
    source,
    `credentials:\n  system:\n    domainCredentials:\n      - credentials:\n          - usernamePassword:\n${lines}\n`,
  )
  return { plugins: { 'configuration-as-code': '2117' }, casc: { source, variables: { TOKEN: secret } } }
}

async function addCredentials(
  jenkins: Jenkins,
  { id, pair, shadow, isEmpty, ownedByCode: owned }: JenkinsWorld,
  cast: Cast,
): Promise<void> {
  const [username, secret] = pairText(cast, pair)
  const kept = isEmpty ? '' : secret
  const scope = id === 'system scope' ? ({ scope: 'SYSTEM' } as const) : {}
  if (owned) return addShadow(jenkins, shadow, cast)
  if (id === 'secret text') await jenkins.addSecretText({ store: 'system', id: 'bb', secret: kept })
  else await jenkins.addCredential({ store: 'system', id: 'bb', username, secret: kept, ...scope })
  await addShadow(jenkins, shadow, cast)
}

async function addShadow(jenkins: Jenkins, shadow: Pair | undefined, cast: Cast): Promise<void> {
  if (shadow === undefined) return
  const [nearer, other] = pairText(cast, shadow)
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: nearer, secret: other })
}

async function addJob(jenkins: Jenkins, { id, job, userinfo, overSsh }: JenkinsWorld, cast: Cast): Promise<void> {
  const parts =
    userinfo === undefined
      ? []
      : [cast.nameOf(userinfo.name), ...(userinfo.secret === undefined ? [] : [cast.secretOf(userinfo.secret)])]
  const written = parts.length === 0 ? '' : `${parts.map(encodeURIComponent).join(':')}@`
  const url = overSsh ? `git@bitbucket.org:${cast.repository}.git` : cast.url.replace('https://', `https://${written}`)
  const named = id === 'none selected' ? {} : { credentialsId: id === 'no store holds it' ? 'bb-old' : 'bb' }
  if (job === 'pipeline') await jenkins.addPipelineJob({ fullName: JOB, url, ...named })
  else await jenkins.addFreestyleJob({ fullName: JOB, url, ...named })
}

async function furnishAgent({ agent: holds, deadProxy }: JenkinsWorld, cast: Cast, agent: Account): Promise<void> {
  const settings: Setting[] = []
  if (holds.header !== undefined)
    settings.push({ scope: 'global', key: 'http.extraHeader', value: basic(pairText(cast, holds.header)) })
  if (deadProxy) settings.push({ scope: 'global', key: 'http.proxy', value: 'http://127.0.0.1:1' })
  if (holds.store !== undefined) settings.push({ scope: 'global', key: 'credential.helper', value: 'store' })
  await agent.write('.gitconfig', settingsText(settings))
  if (holds.netrc !== undefined)
    await agent.write('.netrc', netrcLine('machine bitbucket.org', pairText(cast, holds.netrc)))
  if (holds.store !== undefined) await agent.write('.git-credentials', storeLine(cast, holds.store))
}

const basic = (pair: readonly [string, string]): string =>
  `Authorization: Basic ${Buffer.from(pair.join(':')).toString('base64')}`

const storeLine = (cast: Cast, pair: Pair): string =>
  `https://${pairText(cast, pair).map(encodeURIComponent).join(':')}@bitbucket.org\n`
