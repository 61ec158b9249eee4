import { join } from 'node:path'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/index.ts'
import { type Jenkins, startJenkins } from '../../../sandbox/jenkins/index.ts'
import type { Files, Processes } from '../../model/ports.ts'

/** The cast on its stage: a sandbox after the cut-off, a Jenkins home, its agent, and a developer's home. */
export interface Stage {
  readonly sandbox: Sandbox
  readonly jenkins: Jenkins
  readonly folder: string
  readonly jenkinsHome: string
  readonly agentHome: string
  readonly devHome: string
  /** Environment in which unmodified https://bitbucket.org addresses reach the sandbox. */
  readonly environment: Readonly<Record<string, string>>
  /** An administrator of the controller. */
  readonly admin: { readonly apiToken: string }
  readonly jobs: readonly string[]
  readonly clones: readonly string[]
}

export const OWNER = { username: 'ci-bot', email: 'ci-bot@acme.example', password: 'sandbox' }
export const DEVELOPER = { username: 'alice', email: 'alice@acme.example', password: 'sandbox' }
const REPOSITORIES = ['app', 'web', 'infra']

export async function setStage(
  folder: string,
  files: Files,
  processes: Processes,
  options: Omit<SandboxOptions, 'folder'> = {},
): Promise<Stage> {
  const sandbox = await startSandbox({ folder: join(folder, 'bitbucket'), ...options })
  await peopleBitbucket(sandbox)
  const passwords = {
    developer: sandbox.world.addAppPassword(DEVELOPER.username),
    jenkins: sandbox.world.addAppPassword(OWNER.username),
    team: sandbox.world.addAppPassword(OWNER.username),
  }
  const path = processes.environment()['PATH'] ?? ''
  const environment = {
    ...sandbox.environment(),
    PATH: path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }
  const homes = {
    jenkinsHome: join(folder, 'jenkins_home'),
    agentHome: join(folder, 'agent'),
    devHome: join(folder, 'dev'),
  }
  await furnishAgent(homes.agentHome, passwords.jenkins, files)
  await furnishDeveloper(homes.devHome, passwords.developer, files)
  const jenkins = await startJenkins({
    home: homes.jenkinsHome,
    agentHome: homes.agentHome,
    gitEnvironment: environment,
    now: () => sandbox.world.now(),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  await furnishJenkins(jenkins, passwords)
  const admin = jenkins.addUser({
    id: 'admin',
    password: 'sandbox',
    permissions: ['hudson.model.Hudson.Administer'],
  })
  return {
    sandbox,
    jenkins,
    folder,
    ...homes,
    environment,
    admin,
    jobs: ['app-build', 'team/web-build', 'infra-deploy'],
    clones: ['app', 'web'],
  }
}

async function peopleBitbucket({ world }: Sandbox): Promise<void> {
  for (const user of [OWNER, DEVELOPER]) world.addUser(user)
  world.addWorkspace('acme')
  await world.addRepository({ workspace: 'acme', slug: 'docs', isPrivate: false, files: { 'README.md': '# docs\n' } })
  for (const slug of REPOSITORIES) {
    await world.addRepository({
      workspace: 'acme',
      slug,
      isPrivate: true,
      files: {
        'README.md': `# ${slug}\n`,
        Jenkinsfile: "pipeline { agent any; stages { stage('Build') { steps { echo 'built' } } } }\n",
      },
    })
    for (const { username } of [OWNER, DEVELOPER]) world.grant(username, `acme/${slug}`, 'write')
  }
}

/** The agent once stored the app password: a helper that answers before Jenkins is asked. */
async function furnishAgent(home: string, password: string, files: Files): Promise<void> {
  await write(join(home, '.gitconfig'), '[credential]\n\thelper = store\n', files)
  await write(join(home, '.git-credentials'), `https://${OWNER.username}:${password}@bitbucket.org\n`, files)
}

async function furnishDeveloper(home: string, password: string, files: Files): Promise<void> {
  const url = (userinfo: string, slug: string): string => `https://${userinfo}bitbucket.org/acme/${slug}.git`
  await write(
    join(home, '.netrc'),
    `machine bitbucket.org\n  login ${DEVELOPER.username}\n  password ${password}\n\nmachine example.org login someone password else\n`,
    files,
  )
  await write(
    join(home, '.git-credentials'),
    `https://${DEVELOPER.username}:${password}@bitbucket.org\nhttps://someone:else@example.org\n`,
    files,
  )
  await write(join(home, '.gitconfig'), '[user]\n\tname = Alice\n[credential]\n\thelper = store\n', files)
  await writeClone(join(home, 'clones', 'app'), url(`${DEVELOPER.username}:${password}@`, 'app'), files)
  await writeClone(join(home, 'clones', 'web'), url('', 'web'), files)
}

/** A clone as git leaves it before the first fetch: enough for `git fetch`. */
async function writeClone(folder: string, url: string, files: Files): Promise<void> {
  const git = join(folder, '.git')
  for (const name of ['objects', 'refs']) await files.makeFolder(join(git, name))
  await write(join(git, 'HEAD'), 'ref: refs/heads/main\n', files)
  await write(
    join(git, 'config'),
    `[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
    files,
  )
}

async function furnishJenkins(
  jenkins: Jenkins,
  passwords: { readonly jenkins: string; readonly team: string },
): Promise<void> {
  const url = (slug: string): string => `https://bitbucket.org/acme/${slug}.git`
  await jenkins.addCredential({
    store: 'system',
    id: 'bitbucket',
    username: OWNER.username,
    secret: passwords.jenkins,
    description: 'Bitbucket (CI)',
  })
  await jenkins.addFolder('team')
  await jenkins.addCredential({
    store: { folder: 'team' },
    id: 'bitbucket',
    username: OWNER.username,
    secret: passwords.team,
    description: 'Bitbucket (team)',
  })
  await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'bitbucket' })
  await jenkins.addFreestyleJob({ fullName: 'team/web-build', url: url('web'), credentialsId: 'bitbucket' })
  await jenkins.addPipelineJob({ fullName: 'infra-deploy', url: url('infra'), credentialsId: 'bitbucket' })
}

async function write(path: string, text: string, files: Files): Promise<void> {
  await files.makeFolder(path.slice(0, path.lastIndexOf('/')))
  await files.create(path, Buffer.from(text))
}
