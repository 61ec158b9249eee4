import { join } from 'node:path'
import type { Consultation } from '../../src/diagnose/consultation.ts'
import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import {
  type Controller,
  EMAIL,
  Machine,
  type Outcome,
  READ,
  SITE,
  startController,
  URL,
  type World,
  WRITE,
} from './stage.ts'

/**
 * `replace credential`: `keyturn token add`, `plan` and `apply`, as printed. `run printed commands`: the printed commands of git,
 * curl and sed, carried out. `person acts`: something that only a person can do in a web page.
 */
export type RepairKind = 'replace credential' | 'run printed commands' | 'person acts' | 'nothing to repair'

export interface Case {
  /** The same command before and after the repair. */
  readonly command: () => Promise<Outcome>
  readonly consult: () => Promise<Consultation>
  /** Where printed commands run. */
  readonly machine: Machine
  readonly controller?: Controller
  /** What the person does, or what `apply` is to do: a right credential in the same place. */
  readonly act?: () => Promise<void>
  readonly stop?: () => Promise<void>
}

export interface Cause {
  /** Letter in the list of causes, with a number where one letter has several. */
  readonly letter: string
  readonly cause: string
  readonly code: DiagnosisCode
  readonly repair: RepairKind
  readonly arrange: (world: World) => Promise<Case>
}

const SENTINEL = 'x-bitbucket-api-token-auth'
const TOKEN_SITE = { email: EMAIL, siteUrl: SITE }

export function goodToken({ sandbox }: World, name = 'good'): string {
  return sandbox.world.addApiToken('alice', { name, app: 'bitbucket', scopes: [READ, WRITE] })
}

/** A developer whose netrc holds one pair. Git does not erase netrc, so that the doctor sees what git saw. */
function inNetrc(
  name: string,
  pair: (world: World) => readonly [username: string, secret: string],
  url = URL,
): Cause['arrange'] {
  return async (world) => {
    const machine = new Machine(world, name)
    await machine.netrc(...pair(world))
    return {
      machine,
      command: () => machine.git('ls-remote', url),
      consult: () => machine.consultUrl(url, TOKEN_SITE),
      act: () => machine.netrc(SENTINEL, goodToken(world, `new for ${name}`)),
    }
  }
}

export const MACHINE_CAUSES: readonly Cause[] = [
  {
    letter: 'a',
    cause: 'an app password',
    code: 'D101',
    repair: 'replace credential',
    arrange: inNetrc('a', ({ sandbox }) => ['alice', sandbox.world.addAppPassword('alice')]),
  },
  {
    letter: 'b',
    cause: 'an API token without scopes',
    code: 'D102',
    repair: 'replace credential',
    arrange: inNetrc('b', ({ sandbox }) => [
      SENTINEL,
      sandbox.world.addApiToken('alice', { name: 'classic', scopes: 'none' }),
    ]),
  },
  {
    letter: 'c',
    cause: 'an API token for another app',
    code: 'D103',
    repair: 'replace credential',
    arrange: inNetrc('c', ({ sandbox }) => [
      SENTINEL,
      sandbox.world.addApiToken('alice', { name: 'jira', app: 'jira', scopes: ['read:jira-work'] }),
    ]),
  },
  {
    letter: 'd1',
    cause: 'scoped, but read:repository is missing',
    code: 'D105',
    repair: 'replace credential',
    arrange: inNetrc('d1', ({ sandbox }) => [
      SENTINEL,
      sandbox.world.addApiToken('alice', { name: 'pr', app: 'bitbucket', scopes: ['read:pullrequest:bitbucket'] }),
    ]),
  },
  {
    letter: 'd2',
    cause: 'may write and may not read',
    code: 'D105',
    repair: 'replace credential',
    arrange: inNetrc('d2', ({ sandbox }) => [
      SENTINEL,
      sandbox.world.addApiToken('alice', { name: 'write', app: 'bitbucket', scopes: [WRITE] }),
    ]),
  },
  {
    letter: 'e',
    cause: 'the e-mail as git username',
    code: 'D106',
    repair: 'replace credential',
    arrange: inNetrc('e', (world) => [EMAIL, goodToken(world, 'e')]),
  },
  {
    letter: 'f',
    cause: 'a wrong Bitbucket username',
    code: 'D107',
    repair: 'replace credential',
    arrange: inNetrc('f', (world) => ['alicia', goodToken(world, 'f')]),
  },
  {
    letter: 'g1',
    cause: 'an expired token',
    code: 'D108',
    repair: 'replace credential',
    arrange: inNetrc('g1', ({ sandbox }) => {
      const expiresAt = new Date(sandbox.world.now().getTime() - 86_400_000).toISOString()
      return [
        SENTINEL,
        sandbox.world.addApiToken('alice', { name: 'old', app: 'bitbucket', scopes: [READ], expiresAt }),
      ]
    }),
  },
  {
    letter: 'g2',
    cause: 'a revoked token',
    code: 'D108',
    repair: 'replace credential',
    arrange: inNetrc('g2', (world) => {
      const token = goodToken(world, 'g2')
      world.sandbox.world.revokeToken(token)
      return [SENTINEL, token]
    }),
  },
  {
    letter: 'h1',
    cause: 'a secret that was cut short',
    code: 'D109',
    repair: 'replace credential',
    arrange: inNetrc('h1', (world) => [SENTINEL, goodToken(world, 'h1').slice(0, -9)]),
  },
  {
    letter: 'h2',
    cause: 'a secret stored percent-encoded',
    code: 'D109',
    repair: 'replace credential',
    arrange: inNetrc('h2', (world) => [SENTINEL, encodeURIComponent(goodToken(world, 'h2'))]),
  },
  {
    letter: 'i1',
    cause: 'a username in the URL of a remote, so that the helper does not answer',
    code: 'D110',
    repair: 'run printed commands',
    arrange: async (world) => {
      const machine = new Machine(world, 'i1')
      await machine.store(SENTINEL, goodToken(world, 'i1'))
      const clone = join(machine.home, 'clone')
      await machine.git('init', '--quiet', clone)
      await machine.git('-C', clone, 'remote', 'add', 'origin', URL.replace('https://', 'https://olduser@'))
      return {
        machine,
        command: () => machine.git('-C', clone, 'fetch', 'origin'),
        consult: () => machine.consultUrl('origin', TOKEN_SITE, clone),
      }
    },
  },
  {
    letter: 'i2',
    cause: 'a username added by insteadOf',
    code: 'D110',
    repair: 'run printed commands',
    arrange: async (world) => {
      const machine = new Machine(world, 'i2')
      await machine.store(SENTINEL, goodToken(world, 'i2'))
      await machine.git('config', '--global', 'url.https://olduser@bitbucket.org/.insteadOf', 'https://bitbucket.org/')
      return {
        machine,
        command: () => machine.git('ls-remote', URL),
        consult: () => machine.consultUrl(URL, TOKEN_SITE),
      }
    },
  },
  {
    letter: 'j1',
    cause: 'an app password in the helper, before a netrc-free second helper that holds the token',
    code: 'D111',
    repair: 'run printed commands',
    arrange: async (world) => {
      const machine = new Machine(world, 'j1')
      await machine.store('alice', world.sandbox.world.addAppPassword('alice'))
      const second = join(machine.home, 'second-store')
      const pair = `${SENTINEL}:${encodeURIComponent(goodToken(world, 'j1'))}`
      await machine.write('second-store', `https://${pair}@bitbucket.org\n`)
      await machine.git('config', '--global', '--add', 'credential.helper', `store --file=${second}`)
      return {
        machine,
        command: () => machine.git('ls-remote', URL),
        consult: () => machine.consultUrl(URL, TOKEN_SITE),
      }
    },
  },
  {
    letter: 'j2',
    cause: 'an app password in netrc, before a helper that holds the token',
    code: 'D111',
    repair: 'replace credential',
    arrange: async (world) => {
      const machine = new Machine(world, 'j2')
      await machine.store(SENTINEL, goodToken(world, 'j2'))
      await machine.netrc('alice', world.sandbox.world.addAppPassword('alice'))
      return {
        machine,
        command: () => machine.git('ls-remote', URL),
        consult: () => machine.consultUrl(URL, TOKEN_SITE),
        act: () => machine.netrc(SENTINEL, goodToken(world, 'new for j2')),
      }
    },
  },
  {
    letter: 'k',
    cause: 'http.extraHeader overrides everything',
    code: 'D112',
    repair: 'run printed commands',
    arrange: async (world) => {
      const machine = new Machine(world, 'k')
      await machine.store(SENTINEL, goodToken(world, 'k'))
      const old = Buffer.from(`alice:${world.sandbox.world.addAppPassword('alice')}`).toString('base64')
      await machine.git('config', '--global', 'http.https://bitbucket.org/.extraHeader', `Authorization: Basic ${old}`)
      await machine.git('config', '--global', '--add', 'http.https://bitbucket.org/.extraHeader', 'X-Team: build')
      return {
        machine,
        command: () => machine.git('ls-remote', URL),
        consult: () => machine.consultUrl(URL, TOKEN_SITE),
      }
    },
  },
  {
    letter: 'm',
    cause: 'the right token, and no access to the repository',
    code: 'D115',
    repair: 'person acts',
    arrange: async (world) => {
      const url = 'https://bitbucket.org/acme/secret.git'
      const found = await inNetrc('m', () => [SENTINEL, goodToken(world, 'm')], url)(world)
      return { ...found, act: async () => world.sandbox.world.grant('alice', 'acme/secret', 'read') }
    },
  },
  {
    letter: 'n',
    cause: 'everything is right',
    code: 'D100',
    repair: 'nothing to repair',
    arrange: inNetrc('n', (world) => [SENTINEL, goodToken(world, 'n')]),
  },
]

interface JobSetting {
  readonly name: string
  readonly url?: string
  readonly credentialsId?: string
  readonly furnish: (controller: Controller, token: string) => Promise<void>
  readonly known?: 'with the secret' | 'without the secret'
}

function inJenkins(setting: JobSetting): Cause['arrange'] {
  return async (world) => {
    const agent = new Machine(world, setting.name)
    const controller = await startController(world, agent)
    const token = goodToken(world, setting.name)
    await controller.jenkins.addFolder('team')
    await setting.furnish(controller, token)
    await controller.jenkins.addFreestyleJob({
      fullName: 'team/app',
      url: setting.url ?? URL,
      credentialsId: setting.credentialsId ?? 'bb',
    })
    const known = setting.known === 'without the secret' ? {} : { secretText: token }
    return {
      machine: agent,
      controller,
      command: () => controller.build('team/app'),
      consult: () => controller.consult('team/app', { ...known, email: EMAIL, agentHome: agent.home }),
      stop: () => controller.jenkins.stop(),
    }
  }
}

async function systemCredential({ jenkins }: Controller, secret: string, username = SENTINEL): Promise<void> {
  await jenkins.addCredential({ store: 'system', id: 'bb', username, secret })
}

export const JENKINS_CAUSES: readonly Cause[] = [
  {
    letter: 'i',
    cause: 'user@ in the URL of the job',
    code: 'D110',
    repair: 'replace credential',
    arrange: inJenkins({ name: 'job-i', url: URL.replace('https://', 'https://olduser@'), furnish: systemCredential }),
  },
  {
    letter: 'j',
    cause: "an old app password in the agent's helper, although the Jenkins credential is right",
    code: 'D111',
    repair: 'run printed commands',
    arrange: inJenkins({
      name: 'job-j',
      furnish: async (controller, token) => {
        await systemCredential(controller, token)
        await controller.agent.store('alice', controller.agent.world.sandbox.world.addAppPassword('alice'))
      },
    }),
  },
  {
    letter: 'j netrc',
    cause: "an old app password in the agent's netrc, with nothing known of the Jenkins secret",
    code: 'D111',
    repair: 'replace credential',
    arrange: inJenkins({
      name: 'job-j-netrc',
      known: 'without the secret',
      furnish: async (controller, token) => {
        await systemCredential(controller, token)
        await controller.agent.netrc('alice', controller.agent.world.sandbox.world.addAppPassword('alice'))
      },
    }),
  },
  {
    letter: 'l not found',
    cause: 'a credential id that no store holds',
    code: 'D113',
    repair: 'run printed commands',
    arrange: inJenkins({ name: 'job-l1', credentialsId: 'bb-typo', furnish: systemCredential }),
  },
  {
    letter: 'l shadowed',
    cause: 'a credential of the folder hides the one that was changed',
    code: 'D114',
    repair: 'run printed commands',
    arrange: inJenkins({
      name: 'job-l2',
      furnish: async (controller, token) => {
        await systemCredential(controller, token)
        const secret = controller.agent.world.sandbox.world.addAppPassword('alice')
        await controller.jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: 'alice', secret })
      },
    }),
  },
  {
    letter: 'a in Jenkins',
    cause: 'an app password in the Jenkins credential, whose secret is not shown',
    code: 'D101',
    repair: 'replace credential',
    arrange: inJenkins({
      name: 'job-a',
      known: 'without the secret',
      furnish: async (controller) =>
        systemCredential(controller, controller.agent.world.sandbox.world.addAppPassword('alice'), 'alice'),
    }),
  },
  {
    letter: 'e in Jenkins',
    cause: 'the e-mail as username of the Jenkins credential',
    code: 'D106',
    repair: 'replace credential',
    arrange: inJenkins({ name: 'job-e', furnish: (controller, token) => systemCredential(controller, token, EMAIL) }),
  },
  {
    letter: 'n in Jenkins',
    cause: 'everything is right',
    code: 'D100',
    repair: 'nothing to repair',
    arrange: inJenkins({ name: 'job-n', furnish: systemCredential }),
  },
]
