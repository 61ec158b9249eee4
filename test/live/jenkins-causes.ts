import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { APP_PASSWORD, type Cause, goodToken, KNOWN } from './causes.ts'
import { postToController, readFromController } from './post-to-controller.ts'
import { type Controller, Machine, SENTINEL, startController, URL, type World } from './stage.ts'

interface JobSetting {
  readonly url?: string
  readonly credentialsId?: string
  readonly furnish: (controller: Controller, token: string, world: World) => Promise<void>
  readonly secretInUrl?: typeof APP_PASSWORD
  /** The administrator does not have the secret that is in Jenkins. */
  readonly hides?: 'the secret'
  /** `jenkins.yaml` of the controller, which then has the plugin that loads it. */
  readonly yaml?: (world: World) => string
}

/** An administrator asks from an account of her own about the job `team/app`, whose builds run in the home of an agent. */
function inJenkins({ url, secretInUrl, credentialsId = 'bb', furnish, hides, yaml }: JobSetting): Cause['arrange'] {
  return async (world, name) => {
    const agent = new Machine(world, `${name}-agent`)
    if (yaml !== undefined) await writeYaml(world, agent, yaml(world))
    const controller = await startController(
      world,
      agent,
      yaml === undefined ? {} : { 'configuration-as-code': '2117' },
    )
    const token = goodToken(world)
    await controller.jenkins.addFolder('team')
    await furnish(controller, token, world)
    const named = credentialsId === 'none' ? {} : { credentialsId }
    await controller.jenkins.addFreestyleJob({
      fullName: 'team/app',
      url: url ?? urlWith(secretInUrl?.(world)),
      ...named,
    })
    const args = ['--jenkins', controller.jenkins.url, '--job', 'team/app', '--as-home', agent.home, ...KNOWN]
    const given = hides === undefined ? { args: [...args, '--secret-stdin'], input: token } : { args, input: '' }
    return {
      command: () => controller.build('team/app'),
      patient: agent,
      visit: {
        machine: new Machine(world, name),
        args: given.args,
        surroundings: { environment: controller.login, input: given.input },
      },
      stop: () => controller.jenkins.stop(),
    }
  }
}

async function writeYaml(world: World, agent: Machine, text: string): Promise<void> {
  const home = join(world.folder, 'jenkins', basename(agent.home))
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'jenkins.yaml'), text)
}

const right = (controller: Controller, token: string) => systemCredential(controller, token)

function urlWith(pair: readonly [string, string] | undefined): string {
  return pair === undefined ? URL : URL.replace('https://', `https://${pair.map(encodeURIComponent).join(':')}@`)
}

async function systemCredential({ jenkins }: Controller, secret: string, username = SENTINEL): Promise<void> {
  await jenkins.addCredential({ store: 'system', id: 'bb', username, secret })
}

async function shadowed(controller: Controller, token: string, world: World): Promise<void> {
  await systemCredential(controller, token)
  const [username, secret] = APP_PASSWORD(world)
  await controller.jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username, secret })
}

/** A credential that the job is not given, beside one that it is. */
const besideOther =
  (hide: (controller: Controller, token: string) => Promise<void>): JobSetting['furnish'] =>
  async (controller, token) => {
    await hide(controller, token)
    await controller.jenkins.addCredential({ store: 'system', id: 'bb-git', username: SENTINEL, secret: token })
  }

/** A script that reads a credential, changes nothing, and writes it back (CloudBees, "How to manage credentials via the REST API"). */
async function postBack(controller: Controller): Promise<void> {
  const path = '/credentials/store/system/domain/_/credential/bb/config.xml'
  await postToController(controller, path, await readFromController(controller, path))
}

function yamlWith([username, password]: readonly [string, string]): string {
  return [
    'credentials:',
    '  system:',
    '    domainCredentials:',
    '      - credentials:',
    '          - usernamePassword:',
    '              scope: GLOBAL',
    '              id: "bb"',
    `              username: "${username}"`,
    `              password: "${password}"`,
    '',
  ].join('\n')
}

export const JENKINS_CAUSES: readonly Cause[] = [
  {
    letter: 'a in Jenkins',
    cause: 'an app password in the Jenkins credential, whose secret is not shown',
    codes: ['D101'],
    arrange: inJenkins({
      hides: 'the secret',
      furnish: async (controller, _, world) => {
        const [username, secret] = APP_PASSWORD(world)
        await systemCredential(controller, secret, username)
      },
    }),
  },
  {
    letter: 'e in Jenkins',
    cause: 'the e-mail as username of the Jenkins credential',
    codes: ['D106'],
    arrange: inJenkins({ furnish: (controller, token) => systemCredential(controller, token, KNOWN[1]) }),
  },
  {
    letter: 'i in Jenkins',
    cause: 'user@ in the URL of the job',
    codes: ['D110'],
    arrange: inJenkins({ url: URL.replace('https://', 'https://olduser@'), furnish: right }),
  },
  {
    letter: 'j in Jenkins',
    cause: "an old app password in the agent's helper, although the Jenkins credential is right",
    codes: ['D111'],
    arrange: inJenkins({
      furnish: async (controller, token, world) => {
        await systemCredential(controller, token)
        await controller.agent.store(...APP_PASSWORD(world))
      },
    }),
  },
  {
    letter: 'j netrc',
    cause: "an old app password in the agent's netrc, with nothing known of the Jenkins secret",
    codes: ['D111'],
    arrange: inJenkins({
      hides: 'the secret',
      furnish: async (controller, token, world) => {
        await systemCredential(controller, token)
        await controller.agent.netrc(...APP_PASSWORD(world))
      },
    }),
  },
  {
    letter: 'j in the URL',
    cause: 'a username and an app password in the URL of the job, so that its credential is never used',
    codes: ['D111'],
    arrange: inJenkins({
      secretInUrl: APP_PASSWORD,
      furnish: right,
    }),
  },
  {
    letter: 'a in the URL',
    cause: 'a username and an app password in the URL of a job that names no credential',
    codes: ['D101'],
    arrange: inJenkins({ secretInUrl: APP_PASSWORD, credentialsId: 'none', hides: 'the secret', furnish: right }),
  },
  {
    letter: 'l1',
    cause: 'a credential id that no store holds',
    codes: ['D113'],
    arrange: inJenkins({ credentialsId: 'bb-typo', furnish: right }),
  },
  {
    letter: 'l2',
    cause: 'a credential of the folder hides the one that was changed; it is replaced',
    codes: ['D114'],
    arrange: inJenkins({ furnish: shadowed }),
  },
  {
    letter: 'l3',
    cause: 'a credential of the folder hides the one that was changed; it is deleted',
    codes: ['D114'],
    way: 'other',
    arrange: inJenkins({ furnish: shadowed }),
  },
  {
    letter: 'l4',
    cause: 'both the folder and the system hold an app password, and nobody has the secret',
    codes: ['D101', 'D114'],
    arrange: inJenkins({
      hides: 'the secret',
      furnish: async (controller, _, world) => {
        const [username, secret] = APP_PASSWORD(world)
        await systemCredential(controller, secret, username)
        await controller.jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username, secret })
      },
    }),
  },
  {
    letter: 'l5',
    cause: 'a Secret text, which git is not offered; the job is given another',
    codes: ['D113'],
    way: 'other',
    arrange: inJenkins({
      furnish: besideOther(({ jenkins }, secret) => jenkins.addSecretText({ store: 'system', id: 'bb', secret })),
    }),
  },
  {
    letter: 'l6',
    cause: 'a credential of the scope System',
    codes: ['D113'],
    way: 'other',
    arrange: inJenkins({
      furnish: besideOther(({ jenkins }, secret) =>
        jenkins.addCredential({ store: 'system', id: 'bb', username: SENTINEL, secret, scope: 'SYSTEM' }),
      ),
    }),
  },
  {
    letter: 'l7',
    cause: 'a credential of a domain for the host of REST alone',
    codes: ['D113'],
    way: 'other',
    arrange: inJenkins({
      furnish: besideOther(({ jenkins }, secret) =>
        jenkins.addCredential({
          store: 'system',
          domain: 'rest',
          specifications: { hostnames: 'api.bitbucket.org' },
          id: 'bb',
          username: SENTINEL,
          secret,
        }),
      ),
    }),
  },
  {
    letter: 'o',
    cause: 'a credential that was read and posted back, so that its secret is empty',
    codes: ['D139'],
    arrange: inJenkins({
      hides: 'the secret',
      furnish: async (controller, token) => {
        await systemCredential(controller, token)
        await postBack(controller)
      },
    }),
  },
  {
    letter: 'p',
    cause: 'an app password that configuration as code sets at each start',
    codes: ['D101', 'D138'],
    arrange: inJenkins({
      hides: 'the secret',
      yaml: (world) => yamlWith(APP_PASSWORD(world)),
      furnish: async () => undefined,
    }),
  },
  {
    letter: 'n in Jenkins',
    cause: 'everything is right',
    codes: ['D100'],
    arrange: inJenkins({ furnish: right }),
  },
]
