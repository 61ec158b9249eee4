import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import { APP_PASSWORD, type Cause, goodToken, KNOWN } from './causes.ts'
import { postToController } from './post-to-controller.ts'
import { type Controller, Machine, type Outcome, SENTINEL, startController, URL, type World } from './stage.ts'
import type { Visit } from './visit.ts'

/** One failure from its log to its cure: the log alone, then the controller, then what was printed. */
export interface LogPlay {
  /** A build, or git itself; its words are the log. */
  readonly run: () => Promise<Outcome>
  /** Who reads the log; when `visit` is given, asks the controller too. */
  readonly reader: Machine
  readonly visit?: Visit
  /** What a person does: in a page of Jenkins or of Bitbucket, or on the agent. */
  readonly act?: () => Promise<unknown> | unknown
  readonly stop: () => Promise<void>
}

export interface LogCause {
  readonly letter: string
  readonly cause: string
  readonly rows: NonNullable<Cause['rows']>
  /** What is said of the log alone, the cause first. */
  readonly read: readonly DiagnosisCode[]
  /** What is said when the controller is asked as well. */
  readonly asked?: readonly DiagnosisCode[]
  /** What stands in for what no client here prints, and why. */
  readonly why?: string
  /** `apply` says that it could not prove the change; the scan does. */
  readonly proof?: Cause['proof']
  /** Makes the log what another client would have printed. */
  readonly rewrite?: (log: string) => string
  readonly arrange: (world: World, name: string) => Promise<LogPlay>
}

interface Setting {
  readonly url?: string
  readonly credentialsId?: string
  /** Gives the secret when the administrator has it. */
  readonly furnish: (controller: Controller, world: World) => Promise<unknown>
  readonly act?: (controller: Controller, world: World) => Promise<unknown> | unknown
  /** The whole script of a pipeline, in place of a freestyle job. */
  readonly script?: string
}

const JOB = 'team/app'

/** A job whose administrator pastes its log, and then asks the controller; `furnish` returns the secret that she has. */
function ofBuild({ url = URL, credentialsId = 'bb', script, furnish, act }: Setting): LogCause['arrange'] {
  return async (world, name) => {
    const agent = new Machine(world, `${name}-agent`)
    const controller = await startController(world, agent)
    await controller.jenkins.addFolder('team')
    const given = await furnish(controller, world)
    const secret = typeof given === 'string' ? given : undefined
    const named = credentialsId === 'none' ? {} : { credentialsId }
    if (script === undefined) await controller.jenkins.addFreestyleJob({ fullName: JOB, url, ...named })
    else await controller.jenkins.addInlinePipeline({ fullName: JOB, script })
    const reader = new Machine(world, name)
    const stdin = secret === undefined ? [] : ['--secret-stdin']
    return {
      run: () => controller.build(JOB),
      reader,
      visit: {
        machine: reader,
        args: ['--jenkins', controller.jenkins.url, '--job', JOB, ...KNOWN, ...stdin],
        surroundings: { environment: controller.login, input: secret ?? '' },
      },
      ...(act === undefined ? {} : { act: () => act(controller, world) }),
      stop: () => controller.jenkins.stop(),
    }
  }
}

const store = async ({ jenkins }: Controller, secret: string, username = SENTINEL): Promise<void> =>
  jenkins.addCredential({ store: 'system', id: 'bb', username, secret })

const right = async (controller: Controller, world: World): Promise<void> => store(controller, goodToken(world))

const tokenWith = ({ sandbox }: World, ...scopes: readonly string[]): string =>
  sandbox.world.addApiToken('alice', { name: 'scoped', app: 'bitbucket', scopes })

const revoked = (world: World): string => {
  const token = goodToken(world)
  world.sandbox.world.revokeToken(token)
  return token
}

/** The account of the agent, in which the steps of a build run. */
const gitConfig = ({ agent }: Controller, text: string): Promise<void> => agent.write('.gitconfig', text)

const PUBLIC = 'https://bitbucket.org/acme/open.git'
const STEP = (command: string): string => `node {\n  sh '${command}'\n}\n`

const CASES: readonly LogCause[] = [
  {
    letter: 'L1',
    cause: 'a credential id that no store holds',
    rows: ['L1'],
    read: ['D113'],
    asked: ['D113'],
    arrange: ofBuild({ credentialsId: 'bb-typo', furnish: right }),
  },
  {
    letter: 'L2',
    cause: 'a job that names no credential',
    rows: ['L2'],
    read: ['D118'],
    asked: ['D118'],
    arrange: ofBuild({
      credentialsId: 'none',
      furnish: right,
      act: (controller) => selectCredential(controller, 'bb'),
    }),
  },
  {
    letter: 'L3',
    cause: 'a client that does not say what it sends',
    rows: ['L3'],
    read: ['D190'],
    why: 'JGit and SSH keys are not in the sandbox: the log of a build of command-line git, without the line that only this git prints',
    rewrite: (log) => withoutLines(log, /using GIT_ASKPASS|^remote:|fatal:|GitException|^ERROR/),
    arrange: ofBuild({
      furnish: async (controller, world) => store(controller, revoked(world)),
      act: (controller, world) => replaceSecret(controller, goodToken(world)),
    }),
  },
  {
    letter: 'L6',
    cause: 'user@ in the URL of the job',
    rows: ['L6'],
    read: ['D190'],
    asked: ['D110'],
    arrange: ofBuild({ url: URL.replace('https://', 'https://olduser@'), furnish: right }),
  },
  {
    letter: 'L7',
    cause: 'an app password in the Jenkins credential',
    rows: ['L7'],
    read: ['D101'],
    asked: ['D101'],
    arrange: ofBuild({
      furnish: async (controller, world) => {
        const [username, secret] = APP_PASSWORD(world)
        await store(controller, secret, username)
      },
    }),
  },
  {
    letter: 'L8',
    cause: 'a token that may not read repositories, whose secret is not known',
    rows: ['L8'],
    read: ['D105'],
    asked: ['D105'],
    arrange: ofBuild({
      furnish: async (controller, world) => store(controller, tokenWith(world, 'read:pullrequest:bitbucket')),
    }),
  },
  {
    letter: 'L8 alone',
    cause: 'a 403 that came without a text',
    rows: ['L8'],
    read: ['D190'],
    why: 'Bitbucket of the sandbox says why: the log of a build that was refused, without the lines in which it does',
    rewrite: (log) => withoutLines(log, /remote: /),
    arrange: ofBuild({
      furnish: async (controller, world) => store(controller, tokenWith(world, 'read:pullrequest:bitbucket')),
      act: (controller, world) => replaceSecret(controller, goodToken(world)),
    }),
  },
  {
    letter: 'L9',
    cause: 'a token without scopes, which the administrator has',
    rows: ['L9', 'L10'],
    read: ['D190'],
    asked: ['D102'],
    arrange: ofBuild({
      furnish: async (controller, { sandbox }) => {
        const token = sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' })
        await store(controller, token)
        return token
      },
    }),
  },
  {
    letter: 'L11',
    cause: 'a shell step with a git of its own, and no credential',
    rows: ['L11'],
    read: ['D190'],
    arrange: ofBuild({
      script: STEP(`git ls-remote ${URL}`),
      furnish: right,
      act: async ({ agent }, world) => agent.netrc(SENTINEL, goodToken(world)),
    }),
  },
  {
    letter: 'L12',
    cause: 'a repository that is not found',
    rows: ['L12'],
    read: ['D115'],
    arrange: ofBuild({
      url: 'https://bitbucket.org/acme/renamed.git',
      furnish: async (controller, world) => {
        await right(controller, world)
        world.sandbox.world.injectFault({
          kind: 'status',
          status: 404,
          match: '/acme/renamed.git',
          withCredential: true,
          times: 9,
        })
      },
      act: async (controller) => setUrl(controller, 'acme/renamed.git', 'acme/app.git'),
    }),
  },
  {
    letter: 'L13',
    cause: 'a proxy of git that nobody answers for',
    rows: ['L13'],
    read: ['D135'],
    asked: ['D135'],
    arrange: ofBuild({
      furnish: async (controller, world) => {
        await right(controller, world)
        await gitConfig(controller, '[http "https://bitbucket.org/"]\n\tproxy = http://no-such-proxy.invalid:3128\n')
      },
      act: (controller) => gitConfig(controller, ''),
    }),
  },
  {
    letter: 'L14',
    cause: 'JGit and a refused token',
    rows: ['L14'],
    read: ['D190'],
    why: 'JGit is not in the sandbox: the line that JGit prints, for the repository and in the place where command-line git was refused',
    rewrite: asJGit,
    arrange: ofBuild({
      furnish: async (controller, world) => store(controller, revoked(world)),
      act: (controller, world) => replaceSecret(controller, goodToken(world)),
    }),
  },
  {
    letter: 'L15',
    cause: 'an SSH key that is refused',
    rows: ['L15'],
    read: ['D136'],
    asked: ['D136'],
    why: 'the sandbox has no SSH server: git is real, and the ssh that it starts says what OpenSSH says',
    arrange: ofBuild({
      url: 'git@bitbucket.org:acme/app.git',
      furnish: async (controller, world) => {
        await right(controller, world)
        await controller.agent.script(
          '.ssh/refuse',
          "#!/bin/sh\necho 'git@bitbucket.org: Permission denied (publickey).' >&2\nexit 255\n",
        )
        await gitConfig(controller, '[core]\n\tsshCommand = "$HOME/.ssh/refuse"\n')
      },
      act: async (controller) => {
        await gitConfig(controller, `[url "${PUBLIC}"]\n\tinsteadOf = git@bitbucket.org:acme/app.git\n`)
      },
    }),
  },
  {
    letter: 'L20',
    cause: 'a step that names a credential that is not there',
    rows: ['L20'],
    read: ['D113'],
    arrange: ofBuild({
      script: `node {\n  withCredentials([usernamePassword(credentialsId: 'bb-step', usernameVariable: 'U', passwordVariable: 'P')]) {\n    sh 'true'\n  }\n}\n`,
      furnish: right,
      act: async ({ jenkins }, world) =>
        jenkins.addCredential({ store: 'system', id: 'bb-step', username: SENTINEL, secret: goodToken(world) }),
    }),
  },
  {
    letter: 'L21',
    cause: 'too many requests within the hour',
    rows: ['L21'],
    read: ['D128'],
    asked: ['D128'],
    arrange: ofBuild({
      url: 'https://bitbucket.org/acme/limited.git',
      furnish: async (controller, world) => {
        await right(controller, world)
        await world.sandbox.world.addRepository({ workspace: 'acme', slug: 'limited', isPrivate: true })
        world.sandbox.world.grant('alice', 'acme/limited', 'write')
        world.sandbox.world.injectFault({
          kind: 'status',
          status: 429,
          text: 'Rate limit for this resource has been exceeded',
          match: '/acme/limited.git',
          withCredential: true,
          times: 3,
        })
      },
      act: () => undefined,
    }),
  },
]

/** As the table of the docs reads a case: with everything that was said, of the log and after asking. */
export type PlayedLog = LogCause & Pick<Cause, 'codes'>

export function withCodes(cause: LogCause): PlayedLog {
  return { ...cause, codes: [...new Set([...cause.read, ...(cause.asked ?? [])])] }
}

export const LOG_CAUSES: readonly PlayedLog[] = CASES.map(withCodes)

function withoutLines(log: string, pattern: RegExp): string {
  return log
    .split('\n')
    .filter((line) => !pattern.test(line))
    .join('\n')
}

/** What JGit says where command-line git says "Authentication failed" (JGit, TransportHttp; git-client, JGitAPIImpl). */
function asJGit(log: string): string {
  return withoutLines(log, /using GIT_ASKPASS|^ > git|^remote:/).replace(
    /fatal: Authentication failed for '(\S+?)\/?'/,
    'org.eclipse.jgit.errors.TransportException: $1: not authorized',
  )
}

const CREDENTIAL = '/credentials/store/system/domain/_/credential/bb/config.xml'

/** In the page of the credential. */
function replaceSecret(controller: Controller, secret: string): Promise<void> {
  const type = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const fields = `<scope>GLOBAL</scope><id>bb</id><username>${SENTINEL}</username><password>${secret}</password>`
  return postToController(controller, CREDENTIAL, `<${type}>${fields}</${type}>`)
}

/** In the page of the job. */
async function editJob(controller: Controller, edit: (xml: string) => string): Promise<void> {
  const xml = await readFile(join(controller.jenkins.home, 'jobs/team/jobs/app/config.xml'), 'utf8')
  await postToController(controller, '/job/team/job/app/config.xml', edit(xml))
}

function selectCredential(controller: Controller, id: string): Promise<void> {
  return editJob(controller, (xml) => xml.replace('</url>', `</url><credentialsId>${id}</credentialsId>`))
}

function setUrl(controller: Controller, from: string, to: string): Promise<void> {
  return editJob(controller, (xml) => xml.replace(from, to))
}
