import { APP_PASSWORD, type Cause, goodToken, KNOWN } from './causes.ts'
import { type Controller, Machine, SENTINEL, startController, URL, type World } from './stage.ts'

interface JobSetting {
  readonly url?: string
  readonly credentialsId?: string
  readonly furnish: (controller: Controller, token: string, world: World) => Promise<void>
  readonly secretInUrl?: typeof APP_PASSWORD
  /** The administrator does not have the secret that is in Jenkins. */
  readonly hides?: 'the secret'
}

/** An administrator asks from an account of her own about the job `team/app`, whose builds run in the home of an agent. */
function inJenkins({ url, secretInUrl, credentialsId = 'bb', furnish, hides }: JobSetting): Cause['arrange'] {
  return async (world, name) => {
    const agent = new Machine(world, `${name}-agent`)
    const controller = await startController(world, agent)
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
    proof: 'left to the build',
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
    letter: 'n in Jenkins',
    cause: 'everything is right',
    codes: ['D100'],
    arrange: inJenkins({ furnish: right }),
  },
]
