import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, startSandbox, type World } from '../../index.ts'
import { ENVIRONMENT } from '../git-server-stub.ts'
import type { JenkinsOptions, NewMultibranchJob, NewOrganizationFolder } from '../index.ts'
import { type JenkinsForTests, jenkinsForTests } from '../jenkins-for-tests.ts'

export const EMAIL = 'ci-bot@acme.example'
const USER = 'ci-bot'
const SCRIPT = 'node { checkout scm }'
export const SCAN_SCOPES = ['repository', 'workspace', 'project', 'pullrequest'].map((each) => `read:${each}:bitbucket`)

/** The sandbox's Bitbucket with the private acme/app and acme/web and the public acme/docs, and controllers that reach it. */
export interface BitbucketForTests {
  readonly sandbox: Sandbox
  readonly world: World
  /** Of ci-bot, who can read all three and administers docs only. */
  token(scopes?: readonly string[]): string
  addBranch(slug: string, name: string): Promise<void>
  controller(options?: Partial<JenkinsOptions>): Promise<JenkinsForTests>
  end(): Promise<void>
}

export async function bitbucketForTests(): Promise<BitbucketForTests> {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'))
  const sandbox = await startSandbox({ folder: join(folder, 'bitbucket') })
  const { world } = sandbox
  await furnish(world)
  const controllers: JenkinsForTests[] = []
  return {
    sandbox,
    world,
    token: (scopes = SCAN_SCOPES) => world.addApiToken(USER, { name: 'ci', scopes }),
    addBranch: (slug, name) => addBranch(sandbox, slug, name),
    async controller(options) {
      const gitEnvironment = { ...ENVIRONMENT, ...sandbox.environment() }
      const stand = await jenkinsForTests({ gitEnvironment, now: () => world.now(), ...options })
      controllers.push(stand)
      return stand
    },
    async end() {
      for (const each of controllers) await each.end()
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function furnish(world: World): Promise<void> {
  world.addUser({ username: USER, email: EMAIL })
  world.addWorkspace('acme')
  for (const [slug, isPrivate] of [
    ['app', true],
    ['web', true],
    ['docs', false],
  ] as const) {
    await world.addRepository({ workspace: 'acme', slug, isPrivate, files: { Jenkinsfile: SCRIPT } })
    world.grant(USER, `acme/${slug}`, slug === 'docs' ? 'admin' : 'write')
  }
}

async function addBranch({ webUrl, world }: Sandbox, slug: string, name: string): Promise<void> {
  const secret = world.addApiToken(USER, {
    name: 'branch',
    scopes: ['read:repository:bitbucket', 'write:repository:bitbucket'],
  })
  const authorization = `Basic ${Buffer.from(`${EMAIL}:${secret}`).toString('base64')}`
  const branches = `${webUrl}/2.0/repositories/acme/${slug}/refs/branches`
  const answer = await fetch(branches, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ name, target: { hash: 'main' } }),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}

/** One controller after the other, whose credential `bb` is the pair that a test is about. */
export interface ScanStand {
  readonly bitbucket: BitbucketForTests
  /** The controller that was started last. */
  stand(): JenkinsForTests
  controllerWith(username: string, secret: string, options?: Partial<JenkinsOptions>): Promise<JenkinsForTests>
  multibranch(fullName: string, repository: string, more?: Partial<NewMultibranchJob>): Promise<void>
  organization(more?: Partial<NewOrganizationFolder>): Promise<void>
  childrenOf(name: string): Promise<readonly string[]>
}

export async function scanStand(): Promise<ScanStand> {
  const bitbucket = await bitbucketForTests()
  let current: JenkinsForTests | undefined
  const stand = () => {
    if (current === undefined) throw new Error('no controller was started')
    return current
  }
  const owner = { repoOwner: 'acme', credentialsId: 'bb' }
  return {
    bitbucket,
    stand,
    async controllerWith(username, secret, options) {
      current = await bitbucket.controller(options)
      const { jenkins } = current
      await jenkins.addCredential({ store: 'system', id: 'bb', username, secret, description: 'CI user' })
      return current
    },
    multibranch: (fullName, repository, more) =>
      stand().jenkins.addMultibranchJob({ fullName, repository, ...owner, ...more }),
    organization: (more) =>
      stand().jenkins.addOrganizationFolder({ fullName: 'org', ...owner, suppressAutomaticBuilds: true, ...more }),
    async childrenOf(name) {
      const { jobs } = JSON.parse((await stand().admin(`/job/${name}/api/json?tree=jobs[name]`)).text)
      return jobs.map((each: { readonly name: string }) => each.name).sort()
    },
  }
}

/** A log without revisions and times. */
export function plain(log: string): string {
  return log.replace(/[0-9a-f]{40}/g, '<hash>').replace(/\[\w{3} \w{3} [^\]]*\]/g, '[time]')
}
