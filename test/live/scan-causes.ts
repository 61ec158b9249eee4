import { installPlugins } from '../../sandbox/jenkins/plugins.ts'
import { APP_PASSWORD, KNOWN } from './causes.ts'
import { type LogCause, type LogPlay, type PlayedLog, withCodes } from './log-causes.ts'
import { postToController } from './post-to-controller.ts'
import type { Controller } from './stage.ts'
import { EMAIL, Machine, type Outcome, READ, SENTINEL, startController, type World } from './stage.ts'

const BRANCH_SOURCE = 'cloudbees-bitbucket-branch-source'
const SCAN_SCOPES = [READ, 'read:pullrequest:bitbucket', 'read:project:bitbucket', 'read:workspace:bitbucket']

interface Setting {
  /** `branches`: a multibranch project of `WORKSPACE/app`. `workspace`: an organization folder. */
  readonly kind: 'branches' | 'workspace'
  readonly version?: string
  readonly credentialsId?: string
  /** Stores a credential, and gives its secret. */
  readonly furnish: (scene: Scene) => Promise<string>
  /** The administrator does not have the secret. */
  readonly hides?: 'the secret'
  /** After the first scan, which went well; what is looked at then is the build of a branch. */
  readonly spoil?: (scene: Scene, secret: string) => Promise<unknown>
  readonly act?: (scene: Scene) => Promise<unknown> | unknown
}

interface Scene {
  readonly controller: Controller
  readonly world: World
  readonly workspace: string
}

/** Every case has a workspace of its own, so that no scan meets the repositories of another. */
function ofScan({ kind, version, credentialsId = 'bb', furnish, hides, spoil, act }: Setting): LogCause['arrange'] {
  return async (world, name) => {
    const workspace = await newWorkspace(world, name)
    const agent = new Machine(world, `${name}-agent`)
    const controller = await startController(world, agent, version === undefined ? {} : { [BRANCH_SOURCE]: version })
    const scene: Scene = { controller, world, workspace }
    const secret = await furnish(scene)
    const common = {
      fullName: 'scanned',
      repoOwner: workspace,
      credentialsId,
      suppressAutomaticBuilds: spoil === undefined,
    }
    if (kind === 'branches') await controller.jenkins.addMultibranchJob({ ...common, repository: 'app' })
    else await controller.jenkins.addOrganizationFolder(common)
    if (spoil !== undefined) {
      const first = await controller.jenkins.scan('scanned')
      if (first.result !== 'SUCCESS') throw new Error(first.log)
      // A push is built with the revision that the first build has left.
      await controller.jenkins.settled()
      await spoil(scene, secret)
    }
    const job = spoil === undefined ? 'scanned' : 'scanned/main'
    const reader = new Machine(world, name)
    const stdin = hides === undefined ? ['--secret-stdin'] : []
    return {
      run: () => (spoil === undefined ? scanned(controller) : built(controller)),
      reader,
      visit: {
        machine: reader,
        args: ['--jenkins', controller.jenkins.url, '--job', job, ...KNOWN, ...stdin],
        surroundings: { environment: controller.login, input: hides === undefined ? secret : '' },
      },
      ...(act === undefined ? {} : { act: () => act(scene) }),
      stop: () => controller.jenkins.stop(),
    } satisfies LogPlay
  }
}

async function newWorkspace({ sandbox }: World, name: string): Promise<string> {
  const workspace = `ws-${name.toLowerCase()}`
  sandbox.world.addWorkspace(workspace)
  await sandbox.world.addRepository({
    workspace,
    slug: 'app',
    isPrivate: true,
    files: { Jenkinsfile: 'node {\n  checkout scm\n}\n' },
  })
  sandbox.world.grant('alice', `${workspace}/app`, 'admin')
  return workspace
}

/** A scan that took the workspace for a user ends well, and is no success. */
async function scanned({ jenkins }: Controller): Promise<Outcome> {
  const { result, log } = await jenkins.scan('scanned')
  await jenkins.settled()
  return { works: result === 'SUCCESS' && !/Looking up repositories of user|anonymous access/.test(log), words: log }
}

async function built({ jenkins }: Controller): Promise<Outcome> {
  const { result, console } = await jenkins.build('scanned/main', 'push')
  return { works: result === 'SUCCESS', words: console }
}

async function stored({ controller }: Scene, secret: string, username = EMAIL): Promise<string> {
  await controller.jenkins.addCredential({ store: 'system', id: 'bb', username, secret })
  return secret
}

const tokenWith = ({ world }: Scene, scopes: readonly string[] = SCAN_SCOPES): string =>
  world.sandbox.world.addApiToken('alice', { name: 'scan', app: 'bitbucket', scopes: [...scopes] })

const CREDENTIAL = '/credentials/store/system/domain/_/credential/bb/config.xml'

/** In the page of the credential. */
function putPair({ controller }: Scene, username: string, secret: string): Promise<void> {
  const type = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const fields = `<scope>GLOBAL</scope><id>bb</id><username>${username}</username><password>${secret}</password>`
  return postToController(controller, CREDENTIAL, `<${type}>${fields}</${type}>`)
}

function putText({ controller }: Scene, secret: string): Promise<void> {
  const type = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl'
  return postToController(
    controller,
    CREDENTIAL,
    `<${type}><scope>GLOBAL</scope><id>bb</id><secret>${secret}</secret></${type}>`,
  )
}

function accessToken({ world, workspace }: Scene): string {
  return world.sandbox.world.addAccessToken({
    name: 'ci',
    resource: `${workspace}/app`,
    scopes: ['repository', 'pullrequest'],
  })
}

/** Manage Jenkins, Plugins, and a restart. */
async function upgrade({ controller }: Scene, version: string): Promise<void> {
  installPlugins(controller.jenkins.home, { [BRANCH_SOURCE]: version })
  await controller.jenkins.restart()
}

const revoke = async ({ world }: Scene, secret: string): Promise<void> => world.sandbox.world.revokeToken(secret)

const classic = ({ world }: Scene): string =>
  world.sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' })

/** Branch Source is asked for the form of a credential, which proves no access: the scan does. */
const CASES: readonly LogCause[] = [
  {
    letter: 'L4',
    cause: 'a token that was revoked after the scan, sent under the fixed name by Branch Source',
    rows: ['L4'],
    read: ['D190'],
    asked: ['D108'],
    arrange: ofScan({
      kind: 'branches',
      furnish: (scene) => stored(scene, tokenWith(scene)),
      spoil: revoke,
    }),
  },
  {
    letter: 'L5',
    cause: 'an access token that was revoked after the scan',
    rows: ['L5'],
    read: ['D190'],
    arrange: ofScan({
      kind: 'branches',
      furnish: async (scene) => {
        const secret = accessToken(scene)
        await scene.controller.jenkins.addSecretText({ store: 'system', id: 'bb', secret })
        return secret
      },
      spoil: revoke,
      act: (scene) => putText(scene, accessToken(scene)),
    }),
  },
  {
    letter: 'L7 of a scan',
    cause: 'an app password, in a version that sends every pair',
    rows: ['L7', 'L16', 'L22'],
    read: ['D101'],
    asked: ['D101'],
    arrange: ofScan({
      kind: 'branches',
      version: '937.3.3',
      hides: 'the secret',
      furnish: (scene) => {
        const [username, secret] = APP_PASSWORD(scene.world)
        return stored(scene, secret, username)
      },
    }),
  },
  {
    letter: 'L16',
    cause: 'a token without scopes, whose secret is not known',
    rows: ['L16', 'L22'],
    read: ['D104'],
    asked: ['D104'],
    arrange: ofScan({ kind: 'branches', hides: 'the secret', furnish: (scene) => stored(scene, classic(scene)) }),
  },
  {
    letter: 'L16 with the secret',
    cause: 'a token without scopes, which the administrator has',
    rows: ['L16', 'L22'],
    read: ['D104'],
    asked: ['D102'],
    arrange: ofScan({ kind: 'branches', furnish: (scene) => stored(scene, classic(scene)) }),
  },
  {
    letter: 'L16 name',
    cause: 'the fixed username of git, in a version that sends every pair',
    rows: ['L16'],
    read: ['D116'],
    asked: ['D116'],
    arrange: ofScan({
      kind: 'branches',
      version: '937.3.3',
      hides: 'the secret',
      furnish: (scene) => stored(scene, tokenWith(scene), SENTINEL),
    }),
  },
  {
    letter: 'L22',
    cause: 'a token that is revoked',
    rows: ['L22', 'L16'],
    read: ['D190'],
    asked: ['D108'],
    arrange: ofScan({
      kind: 'branches',
      furnish: async (scene) => {
        const secret = await stored(scene, tokenWith(scene))
        await revoke(scene, secret)
        return secret
      },
    }),
  },
  {
    letter: 'L17',
    cause: 'the fixed username of git, stored after the scan: Branch Source takes the e-mail only',
    rows: ['L17', 'A31'],
    read: ['D132'],
    asked: ['D132'],
    arrange: ofScan({
      kind: 'branches',
      furnish: (scene) => stored(scene, tokenWith(scene)),
      spoil: (scene, secret) => putPair(scene, SENTINEL, secret),
    }),
  },
  {
    letter: 'L18',
    cause: 'an id that no store holds',
    rows: ['L18'],
    read: ['D113'],
    asked: ['D113'],
    arrange: ofScan({
      kind: 'branches',
      credentialsId: 'bb-typo',
      furnish: (scene) => stored(scene, tokenWith(scene)),
      act: (scene) => rename(scene),
    }),
  },
  {
    letter: 'L19',
    cause: 'a token that may not read the workspace',
    rows: ['L19'],
    read: ['D137'],
    asked: ['D137'],
    arrange: ofScan({
      kind: 'workspace',
      furnish: (scene) => stored(scene, tokenWith(scene, SCAN_SCOPES.slice(0, 3))),
    }),
  },
  {
    letter: 'L19 hidden',
    cause: 'a token that may not read the workspace, whose secret is not known',
    rows: ['L19'],
    read: ['D137'],
    asked: ['D137'],
    arrange: ofScan({
      kind: 'workspace',
      hides: 'the secret',
      furnish: (scene) => stored(scene, tokenWith(scene, SCAN_SCOPES.slice(0, 3))),
    }),
  },
  {
    letter: 'F2',
    cause: 'a plugin that is older than API tokens: REST takes the e-mail, and git does not',
    rows: ['F2'],
    read: ['D190'],
    asked: ['D133'],
    arrange: ofScan({
      kind: 'branches',
      version: '936.0.0',
      furnish: (scene) => stored(scene, tokenWith(scene)),
      spoil: async () => undefined,
      act: (scene) => upgrade(scene, '937.3.9'),
    }),
  },
]

export const SCAN_CAUSES: readonly PlayedLog[] = CASES.map((cause) =>
  withCodes({ ...cause, proof: 'left to the build' }),
)

/** In the page of the project, where the id is chosen from a list. */
function rename({ controller, workspace }: Scene): Promise<void> {
  const source = `<source class="com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource"><id>${workspace}-app</id><serverUrl>https://bitbucket.org</serverUrl><credentialsId>bb</credentialsId><repoOwner>${workspace}</repoOwner><repository>app</repository><traits><com.cloudbees.jenkins.plugins.bitbucket.BranchDiscoveryTrait/></traits></source>`
  const sources = `<sources class="jenkins.branch.MultiBranchProject$BranchSourceList"><data><jenkins.branch.BranchSource>${source}</jenkins.branch.BranchSource></data></sources>`
  const factory =
    '<factory class="org.jenkinsci.plugins.workflow.multibranch.WorkflowBranchProjectFactory"><scriptPath>Jenkinsfile</scriptPath></factory>'
  const root = 'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject'
  return postToController(controller, '/job/scanned/config.xml', `<${root}>${sources}${factory}</${root}>`)
}
