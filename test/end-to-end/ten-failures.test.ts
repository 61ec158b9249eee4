import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Controller,
  EMAIL,
  Machine,
  READ,
  SENTINEL,
  startController,
  startWorld,
  URL,
  type World,
  WRITE,
} from '../live/stage.ts'

/**
 * The failures that are reported most often when people move to API tokens by hand. Each is played twice on the sandbox: the change that
 * suggests itself, which Bitbucket refuses, and what a plan makes of the same files, which works.
 */
const API = 'https://api.bitbucket.org'
const REPOSITORY = `${API}/2.0/repositories/acme/app`
const USER = 'read:user:bitbucket'
/** What its user guide asks for. */
const BRANCH_SOURCE = [READ, WRITE, 'read:project:bitbucket', 'read:pullrequest:bitbucket', 'read:workspace:bitbucket']

interface PlanDocument {
  readonly steps: readonly { readonly address?: string; readonly to: { readonly username: unknown } }[]
  readonly requests: readonly { readonly scopes: readonly string[]; readonly app: string; readonly keepAs: string }[]
  readonly manual: readonly { readonly reason: string; readonly wayOut: string }[]
  readonly conditions: readonly { readonly text: string }[]
}

let world: World
let count = 0
beforeAll(async () => {
  world = await startWorld({ xTokenAuthForApiTokens: false })
  await world.sandbox.world.addRepository({
    workspace: 'acme',
    slug: 'built',
    isPrivate: true,
    files: { Jenkinsfile: "pipeline { agent any; stages { stage('Build') { steps { echo 'built' } } } }\n" },
  })
  world.sandbox.world.grant('alice', 'acme/built', 'write')
})
afterAll(() => world.stop())

const machine = (): Machine => new Machine(world, `ten-${++count}`)
const token = (scopes: readonly string[] | 'none' = [READ, WRITE, USER]): string =>
  world.sandbox.world.addApiToken('alice', { name: 'new', scopes })
const appPassword = (): string => world.sandbox.world.addAppPassword('alice')

/** What git says to a fetch of `acme/app`, in the words of its exit. */
async function fetches(at: Machine, url = URL): Promise<boolean> {
  return (await at.git('ls-remote', url)).works
}

/** The status of one question to REST, as curl asks it with the netrc of the machine. */
async function rest(at: Machine, url = REPOSITORY): Promise<string> {
  return (await at.shell(`curl --silent --netrc --output /dev/null --write-out '%{http_code}' ${url}`)).stdout
}

async function restAs(at: Machine, user: string, secret: string): Promise<string> {
  await at.write('asked.curlrc', `user = "${user}:${secret}"\n`)
  return (
    await at.shell(`curl --silent --config asked.curlrc --output /dev/null --write-out '%{http_code}' ${REPOSITORY}`)
  ).stdout
}

async function keep(at: Machine, secret: string): Promise<string> {
  const { stdout, stderr } = await at.keyturn(['token', 'add', 'alice', '--email', EMAIL, '--username', 'alice'], {
    input: secret,
  })
  return stdout + stderr
}

async function planned(at: Machine, ...more: readonly string[]): Promise<PlanDocument> {
  return JSON.parse((await at.keyturn(['plan', at.home, '--repository', URL, '--json', ...more])).stdout)
}

/** The token goes into the vault, and what the plan says is done and proved. */
async function migrate(at: Machine, secret: string): Promise<string> {
  await keep(at, secret)
  const plan = await at.keyturn(['plan', at.home, '--repository', URL, '-o', 'plan.yaml'])
  const apply = await at.keyturn(['apply', 'plan.yaml'])
  return `${plan.stdout}${apply.stdout}${apply.stderr}`
}

function bothHosts(login: string, secret: string): string {
  return ['bitbucket.org', 'api.bitbucket.org']
    .map((host) => `machine ${host}\n  login ${login}\n  password ${secret}\n`)
    .join('')
}

describe('the failures that are reported most', () => {
  it('1: one username for git and REST. The e-mail serves REST alone; a plan gives each host its own', async () => {
    const at = machine()
    const next = token()
    await at.write('.netrc', bothHosts(EMAIL, next))
    expect([await fetches(at), await rest(at)]).toEqual([false, '200'])

    await at.write('.netrc', bothHosts('alice', appPassword()))
    const screen = await migrate(at, next)
    expect([await fetches(at), await rest(at)], screen).toEqual([true, '200'])
    expect(await at.read('.netrc')).toMatch(new RegExp(`login ${SENTINEL}[^]*login ${EMAIL}`))
  })

  it('2: a tool that is older than API tokens. A plan names the version that is needed, and works with it', async () => {
    const old = await controllerWith('936.4.3', token(BRANCH_SOURCE))
    expect(await buildOfBranch(old)).toBe('FAILURE')
    const at = machine()
    await keep(at, token(BRANCH_SOURCE))
    const plan = JSON.parse((await ofController(at, old, ['plan', '--token', 'alice', '--replace', '--json'])).stdout)
    expect([plan.steps, plan.manual]).toMatchObject([
      [],
      [
        {
          reason: expect.stringMatching(
            /the plugin Bitbucket Branch Source of Jenkins is 936\.4\.3 \(.*\/pluginManager\)/,
          ),
          wayOut: expect.stringContaining('to 937.3.5 or newer, then plan again'),
        },
      ],
    ])

    const upgraded = await controllerWith('937.3.9', appPassword(), 'alice')
    expect(await buildOfBranch(upgraded)).toBe('FAILURE')
    await ofController(at, upgraded, ['plan', '--token', 'alice', '--replace', '-o', 'upgraded.json'])
    const { stdout, stderr } = await ofController(at, upgraded, ['apply', 'upgraded.json'])
    expect(await buildOfBranch(upgraded), stdout + stderr).toBe('SUCCESS')
  })

  it('3: the Bitbucket username on REST. A plan gives REST the e-mail', async () => {
    const at = machine()
    const next = token()
    expect([await restAs(at, 'alice', next), await restAs(at, SENTINEL, next)]).toEqual(['401', '401'])

    await at.write('.netrc', `machine api.bitbucket.org login alice password ${appPassword()}\n`)
    const screen = await migrate(at, next)
    expect(await rest(at), screen).toBe('200')
  })

  it('4: a token without scopes. The vault does not take it, and a request says which button makes the right one', async () => {
    const at = machine()
    const classic = token('none')
    await at.netrc(SENTINEL, classic)
    expect(await fetches(at)).toBe(false)

    await at.netrc('alice', appPassword())
    const refused = await keep(at, classic)
    expect(refused).toMatch(/not kept|was not kept|has no .*scopes/i)
    const { stdout } = await at.keyturn(['plan', at.home, '--repository', URL, '--requests'])
    expect(stdout).toContain('Press "Create API token with scopes"')
    await migrate(at, token())
    expect(await fetches(at)).toBe(true)
  })

  it('5: a scope is missing. Write does not include read; a plan asks for both where both are needed', async () => {
    const at = machine()
    await at.netrc(SENTINEL, token([WRITE]))
    expect(await fetches(at)).toBe(false)

    await at.netrc('alice', appPassword())
    await at.clone('')
    const [request] = (await planned(at)).requests
    expect(request?.scopes).toEqual([READ, WRITE])
    const screen = await migrate(at, token(request?.scopes))
    expect([await fetches(at), await pushes(at)], screen).toEqual([true, true])
  })

  it('6: a bearer header for git. A plan writes the pair that git sends, under the fixed username', async () => {
    const at = machine()
    const next = token()
    await at.git('config', '--global', 'http.https://bitbucket.org/.extraHeader', `Authorization: Bearer ${next}`)
    expect(await fetches(at)).toBe(false)

    const again = machine()
    await again.header('alice', appPassword())
    const screen = await migrate(again, next)
    expect(await fetches(again), screen).toBe(true)
  })

  it('6: and a pair for REST of an access token, which REST takes as Bearer alone. A plan does not write it', async () => {
    const at = machine()
    const access = world.sandbox.world.addAccessToken({ resource: 'acme/app', name: 'rest', scopes: ['repository'] })
    expect(await restAs(at, 'x-token-auth', access)).toBe('401')

    await at.write('.netrc', `machine api.bitbucket.org login alice password ${appPassword()}\n`)
    await at.keyturn(['token', 'add', 'repo'], { input: access })
    const { steps, manual } = await planned(at, '--token', 'repo')
    expect(steps).toEqual([])
    expect(manual.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('as Bearer only'))
    const screen = await migrate(at, token())
    expect(await rest(at), screen).toBe('200')
  })

  it('7: a raw @ in a URL. git does not take it; a plan writes a URL that git takes', async () => {
    const at = machine()
    const next = token()
    const clone = await at.clone(`${EMAIL}:${next}@`)
    const raw = await at.git('-C', clone, 'ls-remote', 'origin')
    expect([raw.works, raw.words]).toEqual([false, expect.stringMatching(/URL using bad|illegal format|URL rejected/i)])

    const again = machine()
    const repaired = await again.clone(`alice:${appPassword()}@`)
    const screen = await migrate(again, next)
    expect((await again.git('-C', repaired, 'ls-remote', 'origin')).works, screen).toBe(true)
  })

  it('8: a listing that is gone looks like a bad token. A plan proves on the repository, and asks no listing', async () => {
    const at = machine()
    const next = token()
    await at.write('.netrc', `machine api.bitbucket.org login ${EMAIL} password ${next}\n`)
    expect([await rest(at, `${API}/2.0/repositories`), await rest(at)]).toEqual(['410', '200'])

    await at.write('.netrc', bothHosts('alice', appPassword()))
    const before = world.sandbox.requests.length
    const screen = await migrate(at, next)
    const asked = world.sandbox.requests.slice(before).map(({ path }) => path)
    expect(asked.filter((path) => /^\/2\.0\/(?:repositories|workspaces)\/?(?:\?|$)/.test(path))).toEqual([])
    expect([await fetches(at), await rest(at)], screen).toEqual([true, '200'])
  })

  it('9: a dead entry answers first. Bitbucket says 410, so git keeps it; a plan replaces it where it stands', async () => {
    const at = machine()
    const next = token()
    await at.store('alice', appPassword())
    const stale = await at.read('.git-credentials')
    await at.write('.git-credentials', `${stale}https://${SENTINEL}:${encodeURIComponent(next)}@bitbucket.org\n`)
    expect([await fetches(at), (await at.read('.git-credentials')).startsWith(stale)]).toEqual([false, true])

    await at.write('.git-credentials', stale)
    const screen = await migrate(at, next)
    expect(await fetches(at), screen).toBe(true)
    expect((await at.read('.git-credentials')).split('\n')).toHaveLength(2)
  })

  it('10: the fixed username of another kind. A plan takes the one of the token that it puts there', async () => {
    const at = machine()
    const access = world.sandbox.world.addAccessToken({ resource: 'acme/app', name: 'ci', scopes: ['repository'] })
    await at.netrc(SENTINEL, access)
    const asAccess = await fetches(at)
    await at.netrc('x-token-auth', token())
    expect([asAccess, await fetches(at)]).toEqual([false, false])

    await at.netrc('alice', appPassword())
    await at.keyturn(['token', 'add', 'repo'], { input: access })
    await at.keyturn(['plan', at.home, '--repository', URL, '--token', 'repo', '-o', 'plan.json'])
    const { stdout, stderr } = await at.keyturn(['apply', 'plan.json'])
    expect(await fetches(at), stdout + stderr).toBe(true)
    expect(await at.read('.netrc')).toContain('x-token-auth')
  })
})

async function pushes(at: Machine): Promise<boolean> {
  const folder = `${at.home}/pushing`
  await at.git('clone', '--quiet', URL, folder)
  const author = ['-c', 'user.name=Alice', '-c', `user.email=${EMAIL}`]
  await at.git('-C', folder, ...author, 'commit', '--allow-empty', '--quiet', '-m', 'one')
  return (await at.git('-C', folder, 'push', 'origin', 'HEAD:refs/heads/pushed')).works
}

/** A multibranch project whose plugin is of this version. */
async function controllerWith(version: string, secret: string, username = EMAIL): Promise<Controller> {
  const plugins = { 'cloudbees-bitbucket-branch-source': version }
  const controller = await startController(world, machine(), plugins)
  await controller.jenkins.addCredential({ store: 'system', id: 'bb', username, secret })
  await controller.jenkins.addMultibranchJob({
    fullName: 'branches',
    repoOwner: 'acme',
    repository: 'built',
    credentialsId: 'bb',
  })
  return controller
}

async function buildOfBranch({ jenkins }: Controller): Promise<string> {
  const scanned = await jenkins.scan('branches')
  await jenkins.settled()
  if (scanned.result !== 'SUCCESS') return 'FAILURE'
  return (await jenkins.build('branches/main')).result
}

function ofController(at: Machine, { jenkins, login }: Controller, args: readonly string[]) {
  return at.keyturn([...args, '--jenkins', jenkins.url], { environment: login })
}
