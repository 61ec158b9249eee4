import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedRequest } from '../../sandbox/index.ts'
import { doctorLines } from '../../src/cli/views/doctor.ts'
import type { Consultation } from '../../src/index.ts'
import { Failure } from '../../src/model/failure.ts'
import { Account, type Ended } from './account.ts'
import type { Blueprint, GitWorld, JenkinsWorld, RestWorld } from './blueprint.ts'
import type { Expectation } from './expectation.ts'
import { furnishGit } from './furnish-git.ts'
import { furnishJenkins, JENKINSFILE, JOB } from './furnish-jenkins.ts'
import { furnishRest } from './furnish-rest.ts'
import { afterFailure, expectationOfGit } from './git-oracle.ts'
import { type Cast, injectIncident, populate } from './issue-secrets.ts'
import { expectationOfJenkins } from './jenkins-oracle.ts'
import { expectationOfLog } from './log-oracle.ts'
import { openDoctor } from './open-doctor.ts'
import { expectationOfRest } from './rest-oracle.ts'
import type { Site, Town } from './town.ts'

/** What was planted, what the oracle expects, what the real command did, and what the doctor said. */
export interface Played {
  readonly expectation: Expectation
  readonly witness: Ended
  readonly said: readonly string[]
  readonly screen: string
  /** Files that the doctor changed: it must not. */
  readonly changed: readonly string[]
  /** What came over the wire for this world, the doctor's questions last. */
  readonly requests: readonly string[]
}

interface Place {
  readonly town: Town
  readonly site: Site
  readonly index: number
  readonly folder: string
  readonly cast: Cast
  readonly account: Account
}

export function expectationOf(world: Blueprint): Expectation {
  if (world.kind === 'rest') return expectationOfRest(world)
  if (world.askedBy === 'doctor --log') return expectationOfLog(world)
  return world.kind === 'git' ? expectationOfGit(world) : expectationOfJenkins(world)
}

export async function play(world: Blueprint, index: number, town: Town): Promise<Played> {
  const isDisturbed = world.kind === 'rest' && world.disturbance !== undefined
  const site = await (isDisturbed ? town.ownSite(world.site.profile, String(index)) : town.site(world.site.profile))
  const folder = join(town.folder, 'w', String(index))
  const home = join(folder, 'home')
  await mkdir(home, { recursive: true })
  const files = world.kind === 'jenkins' && world.job === 'pipeline' ? JENKINSFILE : undefined
  const cast = await populate(site, world.site, index, files)
  const PATH = `${town.bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`
  const account = new Account(home, { ...site.sandbox.environment(), PATH })
  const place: Place = { town, site, index, folder, cast, account }
  const from = site.sandbox.requests.at(-1)?.number ?? 0
  try {
    const told = await playKind(world, place)
    return { ...told, requests: site.sandbox.requests.filter(({ number }) => number > from).map(requestLine) }
  } finally {
    if (isDisturbed) await site.sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

type Told = Omit<Played, 'requests'>

function playKind(world: Blueprint, place: Place): Promise<Told> {
  if (world.kind === 'git') return playGit(world, place)
  return world.kind === 'jenkins' ? playJenkins(world, place) : playRest(world, place)
}

function requestLine({ method, host, path, authorization, status, because }: RecordedRequest): string {
  const name = authorization.scheme === 'basic' ? ` ${authorization.username}` : ''
  return `${status} ${method} ${host}${path} ${authorization.scheme}${name}: ${because}`
}

async function playGit(world: GitWorld, place: Place): Promise<Told> {
  const { cast, town, site } = place
  const scene = await furnishGit(world, cast, place.account)
  const isLog = world.askedBy === 'doctor --log'
  try {
    if (world.afterFailure && !isLog && !expectationOfGit({ ...world, afterFailure: false }).works)
      await scene.command()
    const before = await scene.account.files()
    const witness = await scene.command()
    await scene.account.restore(before)
    // A cache has no files.
    const left = world.afterFailure ? afterFailure(world) : world
    if (left.helpers.some(({ kind }) => kind === 'cache')) await scene.refill()
    if (world.site.incident === 'one 401') injectIncident(site.sandbox.world, cast.repository, world.site)
    const keyturn = await openDoctor(site, scene.account.environment, town.folder)
    const known = { use: world.use === 'push' ? ('git-push' as const) : ('git-fetch' as const), ...toldOf(world, cast) }
    const told = await said(async () =>
      isLog ? keyturn.diagnoseLog(witness.words) : keyturn.diagnoseUrl(scene.asked, { folder: scene.folder }, known),
    )
    return { expectation: expectationOf(world), witness, ...told, changed: await changedFiles(scene.account, before) }
  } finally {
    await scene.stop()
  }
}

async function playJenkins(world: JenkinsWorld, { cast, town, site, folder, account }: Place): Promise<Told> {
  const scene = await furnishJenkins(world, cast, folder, account)
  try {
    const start = await scene.agent.files()
    const built = world.built ? await scene.command() : undefined
    await scene.agent.restore(start)
    const keyturn = await openDoctor(site, account.environment, town.folder, [scene.login])
    const known = {
      use: 'git-fetch' as const,
      ...toldOf(world, cast),
      ...(world.told.secret ? { secret: scene.given } : {}),
      ...(world.told.agentHome ? { agentHome: scene.agent.home } : {}),
    }
    const told = await said(async () =>
      world.askedBy === 'doctor --log'
        ? keyturn.diagnoseLog(built?.words ?? '')
        : keyturn.diagnoseJob({ item: JOB }, known),
    )
    const changed = await changedFiles(scene.agent, start)
    return { expectation: expectationOf(world), witness: built ?? (await scene.command()), ...told, changed }
  } finally {
    await scene.stop()
  }
}

async function playRest(world: RestWorld, { cast, town, site, account }: Place): Promise<Told> {
  const scene = await furnishRest(world, cast, account)
  disturb(world, site)
  const witness = await scene.command()
  const keyturn = await openDoctor(site, account.environment, town.folder)
  const secret = world.by === 'netrc' ? {} : { secret: cast.secretOf(world.pair.secret) }
  const isNamed = world.by !== 'netrc' && world.scheme === 'Basic'
  const told = await said(() =>
    keyturn.diagnoseRest({
      url: `https://api.bitbucket.org${scene.path}`,
      ...secret,
      ...(isNamed ? { username: cast.nameOf(world.pair.name) } : {}),
      known: toldOf(world, cast),
    }),
  )
  return { expectation: expectationOf(world), witness, ...told, changed: [] }
}

function disturb({ disturbance }: RestWorld, { sandbox }: Site): void {
  const everywhere = { match: 'api.bitbucket.org', times: 1000 }
  if (disturbance === 'header dropped') sandbox.world.injectFault({ kind: 'dropped-authorization', ...everywhere })
  if (disturbance === 'rate limit') sandbox.world.injectFault({ kind: 'rate-limit', ...everywhere })
}

function toldOf({ told }: Blueprint, { email }: Cast): { readonly email?: string; readonly siteUrl?: string } {
  return { ...(told.email ? { email } : {}), ...(told.site ? { siteUrl: 'https://acme.atlassian.net' } : {}) }
}

/** A refusal to diagnose is an answer as well: it is named by its code. */
async function said(ask: () => Promise<Consultation>): Promise<Pick<Played, 'said' | 'screen'>> {
  try {
    const consultation = await ask()
    return { said: consultation.diagnoses.map(({ code }) => code), screen: doctorLines(consultation).join('\n') }
  } catch (error) {
    // A doctor that breaks down has said something wrong.
    if (!(error instanceof Failure))
      return { said: ['a crash'], screen: error instanceof Error ? (error.stack ?? '') : String(error) }
    return { said: [error.code], screen: `${error.code} ${JSON.stringify(error.parts, undefined, 2)}` }
  }
}

async function changedFiles(account: Account, before: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const now = await account.files()
  const names = new Set([...before.keys(), ...now.keys()])
  return [...names].filter((name) => before.get(name) !== now.get(name))
}
