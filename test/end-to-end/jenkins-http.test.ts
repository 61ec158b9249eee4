import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { FinishedBuild } from '../../sandbox/jenkins/index.ts'
import { type Consultation, type Keyturn, openKeyturn, type RunOutcome } from '../../src/index.ts'
import { Failure } from '../../src/model/failure.ts'
import type { Plan } from '../../src/model/plan.ts'
import { NetworkError } from '../../src/model/ports.ts'
import type { Use } from '../../src/model/use.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import type { Ended } from '../support/keyturn-process.ts'
import {
  basicOf,
  FIXED_USERNAME,
  jobConfig,
  type Login,
  MAY,
  type Office,
  OWNER,
  openOffice,
  stored,
} from './office.ts'
import { startPrefixProxy } from './prefix-proxy.ts'

/** One credential for two jobs at the top, one for a pipeline, one in a nested folder and a domain of its own. */
async function furnish({ jenkins, appPassword, url }: Office): Promise<void> {
  const old = { username: OWNER.username, secret: appPassword }
  await jenkins.addCredential({ store: 'system', id: 'bitbucket', description: 'Bitbucket (CI), für alle', ...old })
  await jenkins.addCredential({ store: 'system', id: 'pipelines', ...old })
  await jenkins.addCredential({ store: 'system', id: 'npm', username: 'someone', secret: 'else' })
  await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'bitbucket' })
  await jenkins.addFreestyleJob({ fullName: 'team/web-build', url: url('web'), credentialsId: 'bitbucket' })
  await jenkins.addPipelineJob({ fullName: 'infra-deploy', url: url('infra'), credentialsId: 'pipelines' })
  await jenkins.addFolder('team/deep')
  await jenkins.addCredential({ store: { folder: 'team/deep' }, domain: 'bitbucket.org', id: 'deep', ...old })
  await jenkins.addFreestyleJob({ fullName: 'team/deep/infra-build', url: url('infra'), credentialsId: 'deep' })
}

const JOBS = ['app-build', 'team/web-build', 'infra-deploy', 'team/deep/infra-build']
const ALL_DEAD = Object.fromEntries(JOBS.map((job) => [job, 'FAILURE 410']))
const ALL_ALIVE = Object.fromEntries(JOBS.map((job) => [job, 'SUCCESS']))
const FOLDER_OF = { bitbucket: undefined, pipelines: undefined, npm: undefined, deep: 'team/deep' } as const

const MIGRATED = { bitbucket: FIXED_USERNAME, pipelines: FIXED_USERNAME, deep: FIXED_USERNAME, npm: 'someone' }

async function furnishedOffice(): Promise<Office> {
  const office = await openOffice()
  await furnish(office)
  return office
}

/** Ends with the test. */
async function officeForOneTest(prepare: (office: Office) => Promise<void>): Promise<Office> {
  const office = await openOffice()
  onTestFinished(office.end)
  await prepare(office)
  return office
}

async function everythingStored(office: Office): Promise<Readonly<Record<string, unknown>>> {
  const entries = Object.entries(FOLDER_OF).map(async ([id, folder]) => [id, await stored(office, id, folder)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function buildAll(
  { jenkins }: Office,
  jobs: readonly string[] = JOBS,
): Promise<Readonly<Record<string, string>>> {
  const results: Record<string, string> = {}
  for (const job of jobs) results[job] = outcomeOf(await jenkins.build(job))
  return results
}

function outcomeOf({ result, console }: FinishedBuild): string {
  if (result === 'SUCCESS') return result
  return /returned error: 410/.test(console)
    ? 'FAILURE 410'
    : `FAILURE ${/error: \d+|Authentication failed/.exec(console)?.[0]}`
}

async function keepToken(keyturn: Keyturn, secret: string, name = 'ci'): Promise<void> {
  const { usable } = await keyturn.addToken({ name, secret, ...OWNER })
  if (!usable) throw new Error('the sandbox refuses its own token')
}

async function planWithToken(keyturn: Keyturn, token = 'ci'): Promise<Plan> {
  return keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token })
}

function addressesOf(plan: Plan): readonly string[] {
  return plan.steps.map((step) => step.place.address)
}

async function failureOf(act: Promise<unknown>): Promise<Failure> {
  const outcome = await act.catch((error: unknown) => error)
  if (outcome instanceof Failure) return outcome
  throw new Error('it did not fail as expected', { cause: outcome })
}

interface ShownPlace {
  readonly address: string
  readonly username: string | null
  readonly uses: readonly Use[]
}

describe('a controller migrated from the command line', () => {
  let office: Office
  let token: string
  const ran: Record<string, Ended> = {}
  const builds: Record<string, Readonly<Record<string, string>>> = {}
  const held: Record<string, Readonly<Record<string, unknown>>> = {}
  const documentOf = (name: string) => JSON.parse(ran[name]?.stdout ?? '')

  beforeAll(async () => {
    office = await furnishedOffice()
    token = office.newToken()
    const jenkins = ['--jenkins', office.jenkins.url]
    const run = async (name: string, args: readonly string[], input?: string): Promise<void> => {
      ran[name] = await office.run([...args, '--json'], input === undefined ? {} : { input })
    }
    held['before'] = await everythingStored(office)
    builds['before'] = await buildAll(office)
    await run('scan', ['scan', ...jenkins])
    await run('doctor', ['doctor', ...jenkins, '--job', 'app-build'])
    await run('token', ['token', 'add', 'ci', '--email', OWNER.email, '--username', OWNER.username], `${token}\n`)
    await run('plan', ['plan', ...jenkins, '--token', 'ci', '-o', 'plan.json'])
    await run('apply', ['apply', 'plan.json', ...jenkins])
    held['after'] = await everythingStored(office)
    builds['after'] = await buildAll(office)
    await run('verify', ['verify', ...jenkins])
    await run('rollback', ['rollback', '--yes', ...jenkins])
    held['rolled back'] = await everythingStored(office)
    builds['rolled back'] = await buildAll(office)
  })

  afterAll(() => office?.end())

  it('ends each command with the exit code that its outcome has', () => {
    expect(Object.fromEntries(Object.entries(ran).map(([name, { exitCode }]) => [name, exitCode]))).toEqual({
      scan: 0,
      doctor: 3,
      token: 0,
      plan: 0,
      apply: 0,
      verify: 0,
      rollback: 0,
    })
  })

  it('fails every build with 410 before, runs it after, and fails it the same way once rolled back', () => {
    expect(builds).toEqual({ before: ALL_DEAD, after: ALL_ALIVE, 'rolled back': ALL_DEAD })
  })

  it('finds the places of all stores and domains with what is done through each', () => {
    const { places, pins, unanswered, complete } = documentOf('scan')
    const shown = places.map((place: ShownPlace) => [
      place.address,
      place.username,
      place.uses.map(({ operation, by, repository }) => `${operation} ${repository?.slug} by ${by}`).sort(),
    ])
    expect({ shown: shown.sort(), pins, unanswered, complete }).toEqual({
      shown: [
        ['folder/team/deep/bitbucket.org/deep', 'ci-bot', ['git-fetch infra by job team/deep/infra-build']],
        ['system/_/bitbucket', 'ci-bot', ['git-fetch app by job app-build', 'git-fetch web by job team/web-build']],
        ['system/_/pipelines', 'ci-bot', ['git-fetch infra by job infra-deploy']],
      ],
      pins: [],
      unanswered: [],
      complete: true,
    })
  })

  it('explains the failing job by its app password', () => {
    const { diagnoses }: Pick<Consultation, 'diagnoses'> = documentOf('doctor')
    const [cause] = diagnoses
    expect([cause?.code, ...[cause?.details['causes'] ?? []].flat()]).toContain('D101')
  })

  it('stores the token under the username that each use asks for, and leaves the rest alone', () => {
    const after = held['after'] ?? {}
    expect(usernames(after)).toEqual(MIGRATED)
    expect(after['npm']).toEqual(held['before']?.['npm'])
  })

  it('keeps descriptions beyond ISO-8859-1 and ASCII as they were', () => {
    expect(held['after']?.['bitbucket']).toMatchObject({ description: 'Bitbucket (CI), für alle' })
  })

  it('proves every place on the controller itself', () => {
    const outcomes = documentOf('verify').places.map((place: { place: { address: string }; kind: string }) => [
      place.place.address,
      place.kind,
    ])
    expect(Object.fromEntries(outcomes)).toEqual({
      'folder/team/deep/bitbucket.org/deep': 'verified',
      'system/_/bitbucket': 'verified',
      'system/_/pipelines': 'verified',
    })
  })

  it('rolls back to the very ciphertext and username that were there before', () => {
    expect(held['rolled back']).toEqual(held['before'])
  })

  it('ends a plan with an apply command that can be copied: it names the controller too', async () => {
    const { stdout } = await office.run(['plan', '--jenkins', office.jenkins.url, '--token', 'ci'])
    expect(stdout.split('\n').find((line) => /^ +keyturn apply/.test(line))).toContain(
      `--jenkins ${office.jenkins.url}`,
    )
  })

  it('prints and writes neither the old secret nor the new one', () => {
    const printed = Object.values(ran).flatMap(({ stdout, stderr }) => [stdout, stderr])
    expect(printed.filter((text) => text.includes(token) || text.includes(office.appPassword))).toEqual([])
  })
})

function usernames(held: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(held).map(([id, value]) => [id, (value as { readonly username: string }).username]),
  )
}

describe('a folder credential that shadows the one of the system', () => {
  const shadowing = async ({ jenkins, appPassword, url }: Office): Promise<void> => {
    const old = { username: OWNER.username, secret: appPassword }
    await jenkins.addCredential({ store: 'system', id: 'bitbucket', ...old })
    await jenkins.addFolder('team')
    await jenkins.addCredential({ store: { folder: 'team' }, id: 'bitbucket', ...old })
    await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'bitbucket' })
    await jenkins.addFreestyleJob({ fullName: 'team/web-build', url: url('web'), credentialsId: 'bitbucket' })
  }

  it('is what the jobs of its folder use', async () => {
    const office = await officeForOneTest(shadowing)
    const { places } = await (await office.open()).scan({ paths: [], askControllers: true })
    expect(places.map(({ address, uses }) => [address, uses.map(({ by }) => by)])).toEqual([
      ['system/_/bitbucket', ['job app-build']],
      ['folder/team/_/bitbucket', ['job team/web-build']],
    ])
  })

  it('is changed with the one it shadows, and the jobs of both run', async () => {
    const office = await officeForOneTest(shadowing)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    expect(addressesOf(plan)).toEqual(['folder/team/_/bitbucket', 'system/_/bitbucket'])
    await keyturn.apply(plan)
    expect(await buildAll(office, ['app-build', 'team/web-build'])).toEqual({
      'app-build': 'SUCCESS',
      'team/web-build': 'SUCCESS',
    })
  })
})

describe('a job with a username in its URL', () => {
  const pinned =
    (username: string) =>
    async ({ jenkins, appPassword, url }: Office): Promise<void> => {
      await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret: appPassword })
      const job = { fullName: 'pinned', url: url('app', `${username}@`), credentialsId: 'bitbucket' }
      await jenkins.addFreestyleJob(job)
    }

  it.each([
    ['that Bitbucket takes with a token', OWNER.username],
    ['that Bitbucket does not take with a token', encodeURIComponent(OWNER.email)],
  ])('is stripped of a username %s, runs, and gets it back', async (_, username) => {
    const office = await officeForOneTest(pinned(username))
    const before = { held: await stored(office, 'bitbucket'), config: await jobConfig(office, 'pinned') }
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const { state, exitCode } = await keyturn.apply(await planWithToken(keyturn))
    expect({ exitCode, builds: await buildAll(office, ['pinned']) }).toEqual({
      exitCode: 0,
      builds: { pinned: 'SUCCESS' },
    })
    expect(await jobConfig(office, 'pinned')).toContain(`<url>${office.url('app')}</url>`)
    await keyturn.rollback(state.run)
    expect({ held: await stored(office, 'bitbucket'), config: await jobConfig(office, 'pinned') }).toEqual(before)
  })
})

describe('a job whose URL holds the secret', () => {
  it('is explained by it, and proved with it and without it', async () => {
    const office = await officeForOneTest(async ({ jenkins, appPassword, url }) => {
      await jenkins.addFreestyleJob({ fullName: 'app', url: url('app', `${OWNER.username}:${appPassword}@`) })
    })
    const explained = await office.run(['doctor', '--jenkins', office.jenkins.url, '--job', 'app'])
    expect(explained.stdout).toContain('The secret is an app password (D101)')
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const { state, exitCode } = await keyturn.apply(await planWithToken(keyturn))
    expect({ exitCode, builds: await buildAll(office, ['app']) }).toEqual({ exitCode: 0, builds: { app: 'SUCCESS' } })
    const asked = `checkUrl in job app: git ls-remote ${office.url('app', `${FIXED_USERNAME}@`)} with the secret of its URL`
    expect(await keyturn.verify(state.run)).toMatchObject([
      { proof: { kind: 'verified', detail: expect.stringContaining(asked) } },
    ])
    const all = [explained.stdout, JSON.stringify(await keyturn.verify(state.run))].join('')
    expect([office.appPassword, encodeURIComponent(office.appPassword)].some((text) => all.includes(text))).toBe(false)
  })
})

describe('a Secret text', () => {
  it('is left to a person where the token is an API token, which needs a username', async () => {
    const office = await officeForOneTest(async ({ jenkins, appPassword }) => {
      await jenkins.addSecretText({ store: 'system', id: 'bitbucket-text', secret: appPassword })
    })
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    expect({ steps: plan.steps, reasons: plan.manual.map(({ reason }) => reason) }).toEqual({
      steps: [],
      reasons: [expect.stringContaining('a secret text has no username, and an API token needs one')],
    })
  })
})

describe('a credential of Branch Source', () => {
  const branches = async ({ jenkins, appPassword }: Office): Promise<void> => {
    await jenkins.addCredential({ store: 'system', id: 'source', username: OWNER.username, secret: appPassword })
    const job = { fullName: 'branches', repoOwner: 'acme', repository: 'app', credentialsId: 'source' }
    await jenkins.addMultibranchJob(job)
  }

  it('is planned with the e-mail of the owner, which Branch Source asks for', async () => {
    const office = await officeForOneTest(branches)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const { steps } = await planWithToken(keyturn)
    expect(steps.map(({ place, to }) => [place.address, to.username])).toEqual([
      ['system/_/source', { set: OWNER.email }],
    ])
  })

  // Branch Source swaps the username for git itself, so a plain ls-remote under the e-mail proves nothing about it.
  it('is changed, and said to be not proved: exit code 3', async () => {
    const office = await officeForOneTest(branches)
    const before = await stored(office, 'source')
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const { state, exitCode } = await keyturn.apply(await planWithToken(keyturn))
    expect(exitCode).toBe(3)
    expect(await stored(office, 'source')).toMatchObject({ username: OWNER.email })
    await keyturn.rollback(state.run)
    expect(await stored(office, 'source')).toEqual(before)
  })
})

describe('a credential that Branch Source and a plain job share', () => {
  const shared = async ({ jenkins, appPassword, url }: Office): Promise<void> => {
    await jenkins.addCredential({ store: 'system', id: 'both', username: OWNER.username, secret: appPassword })
    const source = { repoOwner: 'acme', repository: 'app', credentialsId: 'both' }
    await jenkins.addMultibranchJob({ fullName: 'branches', ...source })
    await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'both' })
  }

  it('becomes two from the command line, each under the username that its side takes, and one again', async () => {
    const office = await officeForOneTest(shared)
    const before = { held: await stored(office, 'both'), config: await jobConfig(office, 'app-build') }
    const at = ['--jenkins', office.jenkins.url]
    const token = ['token', 'add', 'ci', '--email', OWNER.email, '--username', OWNER.username]
    await office.run(token, { input: `${office.newToken()}\n` })
    const planned = await office.run(['plan', ...at, '--token', 'ci', '-o', 'plan.json', '--json'])
    const { steps, manual } = JSON.parse(planned.stdout) as Plan
    expect([steps.map(({ place, to }) => [place.address, to.username, to.reference]), manual]).toEqual([
      [
        ['system/_/both-git', { set: FIXED_USERNAME }, undefined],
        ['job/app-build/credentials/git', 'keep', { from: 'both', to: 'both-git' }],
        ['system/_/both', { set: OWNER.email }, undefined],
      ],
      [],
    ])
    // No question of Jenkins shows what Branch Source itself is answered, so its credential stays not proved.
    expect((await office.run(['apply', 'plan.json', ...at])).exitCode).toBe(3)
    expect([(await stored(office, 'both')).username, (await stored(office, 'both-git')).username]).toEqual([
      OWNER.email,
      FIXED_USERNAME,
    ])
    expect(await buildAll(office, ['app-build'])).toEqual({ 'app-build': 'SUCCESS' })
    expect((await office.run(['verify', ...at])).exitCode).toBe(3)
    expect((await office.run(['rollback', '--yes', ...at])).exitCode).toBe(0)
    expect({ held: await stored(office, 'both'), config: await jobConfig(office, 'app-build') }).toEqual(before)
    await expect(stored(office, 'both-git')).rejects.toThrow('holds no credential')
  })

  it('is split beside another one that the same job names, in one change of that job', async () => {
    const office = await officeForOneTest(async ({ jenkins, appPassword: secret, url }) => {
      for (const [id, repository] of [
        ['one', 'app'],
        ['two', 'web'],
      ] as const) {
        await jenkins.addCredential({ store: 'system', id, username: OWNER.username, secret })
        const source = { repoOwner: 'acme', repository, credentialsId: id }
        await jenkins.addMultibranchJob({ fullName: `branches-${id}`, ...source })
      }
      await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'one' })
    })
    await addRemote(office, 'app-build', office.url('web'), 'two')
    const before = await jobConfig(office, 'app-build')
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const { state } = await keyturn.apply(await planWithToken(keyturn))
    expect([...(await jobConfig(office, 'app-build')).matchAll(/<credentialsId>(.*?)</g)].map(([, id]) => id)).toEqual([
      'one-git',
      'two-git',
    ])
    const { left } = await keyturn.rollback(state.run)
    expect([left, await jobConfig(office, 'app-build')]).toEqual([[], before])
  })

  /** One more remote in the configuration of a job, as its form would add it. */
  async function addRemote({ jenkins, admin, ...office }: Office, job: string, url: string, id: string): Promise<void> {
    const config = await jobConfig({ jenkins, admin, ...office }, job)
    const remote = 'hudson.plugins.git.UserRemoteConfig'
    const more = `<${remote}><url>${url}</url><credentialsId>${id}</credentialsId></${remote}>`
    const reply = await fetch(`${jenkins.url}/job/${job}/config.xml`, {
      method: 'POST',
      headers: {
        authorization: basicOf(admin),
        'content-type': 'application/xml;charset=UTF-8',
      },
      body: config.replace(`</${remote}>`, `</${remote}>${more}`),
    })
    if (reply.status !== 200) throw new Error(`the configuration was refused: ${reply.status}`)
  }
})

describe('a job with a blank in its name', () => {
  it('is asked for under its whole name when its credential is diagnosed', async () => {
    const office = await officeForOneTest(async ({ jenkins, appPassword, url }) => {
      await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret: appPassword })
      await jenkins.addFreestyleJob({ fullName: 'app build', url: url('app'), credentialsId: 'bitbucket' })
    })
    const keyturn = await office.open()
    await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }))
    const asked = new Set(office.jenkins.requests.map(({ path }) => path.split('/').slice(0, 3).join('/')))
    expect([...asked].filter((path) => path.startsWith('/job/'))).toEqual(['/job/app%20build'])
  })
})

describe('a multibranch project with a blank in its name', () => {
  it('is named for a build in a way that can be copied', async () => {
    const office = await officeForOneTest(async ({ jenkins, appPassword }) => {
      await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret: appPassword })
      const source = { repoOwner: 'acme', repository: 'app', credentialsId: 'bitbucket' }
      await jenkins.addMultibranchJob({ fullName: 'my branches', ...source })
    })
    const at = ['--jenkins', office.jenkins.url]
    const names = ['--email', OWNER.email, '--username', OWNER.username]
    await office.run(['token', 'add', 'ci', ...names], { input: office.newToken() })
    await office.run(['plan', ...at, '--token', 'ci', '-o', 'plan.json'])
    await office.run(['apply', 'plan.json', ...at, '--yes'])
    expect((await office.run(['verify', ...at])).stdout).toContain("--build 'my branches/BRANCH'")
  })
})

describe('a login that may see credentials and not change them', () => {
  const READER = [MAY.overallRead, MAY.itemRead, MAY.extendedRead, MAY.view, MAY.useItem]

  async function refusedApply(): Promise<{ office: Office; failure: Failure; reader: Login }> {
    const office = await officeForOneTest(furnish)
    const reader = office.userWith(...READER)
    const keyturn = await office.open(reader)
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    return { office, reader, failure: await failureOf(keyturn.apply(plan)) }
  }

  it('is told which permission is missing and where, and how to go on', async () => {
    const { office, reader, failure } = await refusedApply()
    const { at, because, next } = failure.parts
    expect({ code: failure.code, at, because, next: next?.map(withoutRun) }).toEqual({
      code: 'R403',
      at: `${office.jenkins.url}/job/team/job/deep/credentials/store/folder/domain/bitbucket.org/credential/deep/config.xml`,
      because: `HTTP 403: the user "${reader.user}" does not have ${MAY.update}`,
      next: [
        'Give that user the permission, or sign in as one who has it.',
        'Remove the cause, then continue with this step:',
        `  keyturn apply RUN --resume --jenkins ${office.jenkins.url}`,
        'or put the places back:',
        `  keyturn rollback RUN --jenkins ${office.jenkins.url}`,
      ],
    })
  })

  it('is told that the place is unchanged, because a refused request changed nothing', async () => {
    const { failure } = await refusedApply()
    expect(failure.parts.state).toBe('0 of 3 places use their new credential and were proved. This place is unchanged.')
  })

  it('has changed nothing', async () => {
    const office = await officeForOneTest(furnish)
    const before = await everythingStored(office)
    const keyturn = await office.open(office.userWith(...READER))
    await keepToken(keyturn, office.newToken())
    await failureOf(keyturn.apply(await planWithToken(keyturn)))
    expect(await everythingStored(office)).toEqual(before)
  })

  it('goes on from the same step once the permission was granted', async () => {
    const office = await officeForOneTest(furnish)
    const reader = office.userWith(...READER)
    const keyturn = await office.open(reader)
    await keepToken(keyturn, office.newToken())
    await failureOf(keyturn.apply(await planWithToken(keyturn)))
    const [open] = await keyturn.runs()
    const granted = await office.open()
    await granted.resume(open?.run ?? '')
    expect(usernames(await everythingStored(office))).toEqual(MIGRATED)
  })
})

function withoutRun(line: string): string {
  return line.replace(/r\d{8}-\d{6}-[0-9a-f]+/, 'RUN')
}

describe('someone else who changes a credential', () => {
  const colleague = { username: 'colleague', secret: 'another secret' }

  /** As a person would in the web page: through HTTP, under another login. */
  async function changeByHand(office: Office, id: string): Promise<void> {
    const other = office.userWith(MAY.administer)
    const body = [
      '<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>',
      `<scope>GLOBAL</scope><id>${id}</id><description></description>`,
      `<username>${colleague.username}</username><password>${colleague.secret}</password>`,
      '</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>',
    ].join('')
    const reply = await fetch(`${office.jenkins.url}/credentials/store/system/domain/_/credential/${id}/config.xml`, {
      method: 'POST',
      headers: {
        authorization: basicOf(other),
        'content-type': 'application/xml;charset=UTF-8',
      },
      body,
    })
    if (reply.status !== 200) throw new Error(`the controller answered ${reply.status}`)
  }

  it('between plan and apply stops everything before the first change: R201, exit code 4', async () => {
    const office = await officeForOneTest(furnish)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    await changeByHand(office, 'bitbucket')
    const before = await everythingStored(office)
    const { code, parts } = await failureOf(keyturn.apply(plan))
    expect({ code, exitCode: parts.exitCode, state: parts.state, at: parts.at?.split(' ').at(-1) }).toEqual({
      code: 'R201',
      exitCode: 4,
      state: 'Nothing was changed.',
      at: 'system/_/bitbucket',
    })
    expect(await everythingStored(office)).toEqual(before)
  })

  it('during the run stops it at that place: R205, exit code 4, and what was put there stays', async () => {
    const office = await officeForOneTest(furnish)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    const position = addressesOf(plan).indexOf('system/_/bitbucket')
    const goOn = async (): Promise<boolean> => {
      await changeByHand(office, 'bitbucket')
      return true
    }
    const { code, parts } = await failureOf(keyturn.apply(plan, { canary: { after: position, goOn } }))
    expect({ code, exitCode: parts.exitCode, state: parts.state }).toEqual({
      code: 'R205',
      exitCode: 4,
      state: `${position} of 3 places use their new credential and were proved. This place is unchanged.`,
    })
    expect(await stored(office, 'bitbucket')).toMatchObject({ username: colleague.username })
  })

  it('after the run keeps their change when the rest is rolled back: exit code 4', async () => {
    const office = await officeForOneTest(furnish)
    const before = await everythingStored(office)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const { state } = await keyturn.apply(await planWithToken(keyturn))
    await changeByHand(office, 'bitbucket')
    const { left, exitCode } = await keyturn.rollback(state.run)
    expect({ exitCode, left: left.map(({ step, because }) => [step.place.address, because]) }).toEqual({
      exitCode: 4,
      left: [['system/_/bitbucket', 'someone else changed it since; it was left as it is']],
    })
    expect(await everythingStored(office)).toEqual({ ...before, bitbucket: await stored(office, 'bitbucket') })
  })
})

describe('a controller that goes away in the middle of a run', () => {
  it('is R401 with the state, and the resumed run ends as if nothing had happened', async () => {
    const office = await officeForOneTest(furnish)
    const before = await everythingStored(office)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const goOn = async (): Promise<boolean> => {
      await office.jenkins.stop()
      return true
    }
    const failure = await failureOf(keyturn.apply(await planWithToken(keyturn), { canary: { after: 1, goOn } }))
    expect({ code: failure.code, state: failure.parts.state }).toEqual({
      code: 'R401',
      state: '1 of 3 places use their new credential and were proved. This place is unchanged.',
    })
    await office.jenkins.restart()
    const outcome = await resumeOnly(keyturn)
    expect({ outcome: outcome.state.outcome, builds: await buildAll(office) }).toEqual({
      outcome: 'applied',
      builds: ALL_ALIVE,
    })
    await keyturn.rollback(outcome.state.run)
    expect(await everythingStored(office)).toEqual(before)
  })

  it('after it acted and before it answered is read back, and nothing is sent twice', async () => {
    const office = await officeForOneTest(furnish)
    const before = await everythingStored(office)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    const outcome = await (await openWithLostReply(office)).apply(plan)
    expect(usernames(await everythingStored(office))).toEqual(MIGRATED)
    expect(changesOf(office)).toBe(plan.steps.length)
    await keyturn.rollback(outcome.state.run)
    expect(await everythingStored(office)).toEqual(before)
  })

  it('after it acted, for longer than it is waited for, is settled by the resumed run', async () => {
    const office = await officeForOneTest(furnish)
    const before = await everythingStored(office)
    const keyturn = await office.open()
    await keepToken(keyturn, office.newToken())
    const failure = await failureOf((await openWithLostReply(office, 'for good')).apply(await planWithToken(keyturn)))
    expect({ code: failure.code, state: failure.parts.state }).toEqual({
      code: 'R401',
      state:
        '0 of 3 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.',
    })
    const outcome = await resumeOnly(keyturn)
    expect(usernames(await everythingStored(office))).toEqual(MIGRATED)
    await keyturn.rollback(outcome.state.run)
    expect(await everythingStored(office)).toEqual(before)
  })

  it('before the scan is R401, and an empty list is not shown', async () => {
    const office = await officeForOneTest(furnish)
    await office.jenkins.stop()
    const { exitCode, stdout, stderr } = await office.run(['scan', '--jenkins', office.jenkins.url])
    expect({ exitCode, stdout, first: stderr.split('\n')[0] }).toEqual({
      exitCode: 1,
      stdout: '',
      first: 'error R401: A system cannot be reached',
    })
    await office.jenkins.restart()
  })

  async function resumeOnly(keyturn: Keyturn): Promise<RunOutcome> {
    const [open] = await keyturn.runs()
    return keyturn.resume(open?.run ?? '')
  }

  /** The reply to the first change never arrives; `for good`: nor does any reply after it, and waiting takes no time. */
  async function openWithLostReply(office: Office, until: 'once' | 'for good' = 'once'): Promise<Keyturn> {
    const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
    let isLost = false
    const send: typeof system.http.send = async (request) => {
      if (isLost && until === 'for good') throw new NetworkError('refused', 'the connection was refused')
      const reply = await system.http.send(request)
      if (isLost || request.method !== 'POST' || !request.url.endsWith('/config.xml')) return reply
      isLost = true
      throw new NetworkError('other', 'the connection was closed')
    }
    const clock = { now: () => system.clock.now(), sleep: async () => undefined }
    return office.open(office.admin, { system: { ...system, http: { send }, clock } })
  }

  function changesOf({ jenkins }: Office): number {
    return jenkins.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/config.xml')).length
  }
})

describe('a controller below a path', () => {
  it('is scanned, changed, proved and put back under its whole base URL', async () => {
    const office = await officeForOneTest(furnish)
    const proxy = await startPrefixProxy('/ci', office.jenkins.url)
    onTestFinished(proxy.stop)
    const before = await everythingStored(office)
    const keyturn = await office.open(office.admin, { baseUrl: proxy.url })
    await keepToken(keyturn, office.newToken())
    const plan = await planWithToken(keyturn)
    expect(plan.steps.map(({ place }) => (place.at.kind === 'url' ? place.at.url : '')).sort()).toEqual([
      `${proxy.url}/credentials/store/system/domain/_/credential/bitbucket`,
      `${proxy.url}/credentials/store/system/domain/_/credential/pipelines`,
      `${proxy.url}/job/team/job/deep/credentials/store/folder/domain/bitbucket.org/credential/deep`,
    ])
    const { state } = await keyturn.apply(plan)
    expect(await buildAll(office)).toEqual(ALL_ALIVE)
    await keyturn.rollback(state.run)
    expect(await everythingStored(office)).toEqual(before)
    expect(proxy.missed()).toEqual([])
  })
})

describe('two controllers', () => {
  const one = async ({ jenkins, appPassword, url }: Office): Promise<void> => {
    await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret: appPassword })
    await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'bitbucket' })
  }

  it('keep their jobs apart: a credential serves those of its own controller only', async () => {
    const [first, second] = [await officeForOneTest(one), await officeForOneTest(one)]
    await second.jenkins.addFreestyleJob({ fullName: 'web-build', url: second.url('web'), credentialsId: 'bitbucket' })
    const keyturn = await openBoth(first, second)
    const { places } = await keyturn.scan({ paths: [], askControllers: true })
    expect(places.map(({ uses }) => uses.map(({ by }) => by))).toEqual([
      ['job app-build'],
      ['job app-build', 'job web-build'],
    ])
  })

  async function openBoth(first: Office, second: Office): Promise<Keyturn> {
    const logins = [first, second].map(({ jenkins, admin }) => ({ baseUrl: jenkins.url, ...admin }))
    return openKeyturn({ environment: { PATH: process.env['PATH'] }, home: join(first.folder, 'both'), logins })
  }
})

describe('a command that does not name the controller', () => {
  it('is usage when it would change something there, before anything starts, with the command to type', async () => {
    const office = await officeForOneTest(async ({ jenkins, appPassword, url }) => {
      await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret: appPassword })
      await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'bitbucket' })
    })
    const at = ['--jenkins', office.jenkins.url]
    await office.run(['token', 'add', 'ci', '--email', OWNER.email, '--username', OWNER.username], {
      input: office.newToken(),
    })
    await office.run(['plan', ...at, '--token', 'ci', '-o', 'plan.json'])
    const unnamed = await office.run(['apply', 'plan.json'])
    expect([unnamed.exitCode, unnamed.stderr.split('\n').at(-2)]).toEqual([
      2,
      `  next     keyturn apply plan.json --jenkins ${office.jenkins.url}`,
    ])
    const unasked = await office.run(['apply', ...at])
    expect([unasked.exitCode, unasked.stderr.split('\n').at(-2)]).toEqual([
      2,
      expect.stringMatching(/^ {2}next {5}keyturn apply [0-9a-f]{8} --jenkins /),
    ])
    const applied = await office.run(['apply', 'plan.json', ...at, '--json'])
    const { run } = JSON.parse(applied.stdout)
    expect((await office.run(['rollback', ...at])).stderr).toContain(
      ` rollback ${run} --jenkins ${office.jenkins.url}\n`,
    )
    const verified = await office.run(['verify'])
    expect([verified.exitCode, verified.stdout.trimEnd().split('\n').slice(-3)]).toEqual([
      3,
      [
        '0 of 1 place verified',
        'To ask again about what could not be checked, with what it takes:',
        `    keyturn verify ${run} --jenkins ${office.jenkins.url}`,
      ],
    ])
    const { exitCode, stderr } = await office.run(['rollback', run])
    expect([exitCode, stderr.split('\n').at(-2)]).toEqual([
      2,
      `  next     keyturn rollback ${run} --jenkins ${office.jenkins.url}`,
    ])
  })
})
