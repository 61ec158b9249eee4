import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Account } from './account.ts'
import type { Blueprint, GitWorld, JenkinsWorld } from './blueprint.ts'
import { compose } from './compose.ts'
import { furnishGit } from './furnish-git.ts'
import { furnishJenkins, JENKINSFILE, type JenkinsScene, JOB } from './furnish-jenkins.ts'
import { afterFailure, runGit } from './git-oracle.ts'
import { type Cast, populate } from './issue-secrets.ts'
import { usedPair } from './jenkins-oracle.ts'
import { expectationOf } from './play.ts'
import { type Course, type Patient, repairWorld } from './repair-world.ts'
import type { Site, Town } from './town.ts'

export interface RepairOutcome {
  readonly index: number
  readonly planted: readonly string[]
  readonly course: Course
  readonly world: Blueprint
}

/** Worlds in which a person who does as printed can reach a working command. */
export function isRepairable(world: Blueprint): world is GitWorld | JenkinsWorld {
  const { works, untold } = expectationOf(world)
  if (world.kind === 'rest' || works || untold !== undefined || world.askedBy === 'doctor --log') return false
  const { incident, moment } = world.site
  if ((incident !== 'none' && incident !== 'one 401') || moment !== 'today') return false
  if (world.kind === 'git' && isOpenWithoutUrl(world)) return false
  // Git forgets what is answered 401, and with it a good token that has no access: nothing is left to look at.
  if (world.site.profile === 'one 401' && (world.site.reach === 'none' || world.site.reach === 'no such repository'))
    return false
  if (world.kind === 'jenkins')
    return world.overSsh === undefined && world.deadProxy === undefined && world.ownedByCode === undefined
  return world.network === undefined && !isInEnvironment(world)
}

/** Behind a URL that git cannot read, an askpass program may be next, and nobody but its owner knows what it answers. */
function isOpenWithoutUrl({ userinfo, ...world }: GitWorld): boolean {
  return userinfo?.raw === true && expectationOf(world).untold !== undefined
}

/** What stands in somebody's shell is theirs to take out; it is no line that can be printed. */
function isInEnvironment({ header, pinned, helpers, userinfo, useHttpPath }: GitWorld): boolean {
  const settings = [header, pinned, useHttpPath, userinfo?.by === 'insteadOf' ? userinfo : undefined, ...helpers]
  return settings.some((setting) => setting?.scope === 'environment')
}

export async function repairIndex(seed: string, index: number, town: Town): Promise<RepairOutcome | undefined> {
  const world = compose(seed, index)
  if (!isRepairable(world)) return undefined
  const site = await town.site(world.site.profile)
  const folder = join(town.folder, 'r', String(index))
  const home = join(folder, 'home')
  await mkdir(home, { recursive: true })
  const files = world.kind === 'jenkins' && world.job === 'pipeline' ? JENKINSFILE : undefined
  const cast = await populate(site, world.site, index, files)
  const PATH = `${town.bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`
  const account = new Account(home, { ...site.sandbox.environment(), PATH })
  const started = await (world.kind === 'git'
    ? gitPatient(world, cast, account, site)
    : jenkinsPatient(world, cast, folder, account, site))
  try {
    const course = await repairWorld(started.patient, { world: site.sandbox.world, cast, site: world.site })
    return { index, planted: expectationOf(world).right, course, world }
  } finally {
    await started.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Started {
  readonly patient: Patient
  readonly stop: () => Promise<void>
}

async function gitPatient(world: GitWorld, cast: Cast, bare: Account, site: Site): Promise<Started> {
  const { account, folder, asked, command, bareCommand, stop } = await furnishGit(world, cast, bare)
  const operation = world.use === 'push' ? ['--operation', 'push'] : []
  const args = [asked, ...operation, ...told(world, cast)]
  const patient: Patient = { account, folder, args, command, act: acts(site, cast, world) }
  const everything = { ...patient, args: [asked, ...operation, ...everythingOf(cast)] }
  const held = heldSecret(world, cast)
  return {
    patient: {
      ...patient,
      ...(held === undefined ? {} : { held }),
      ...(bareCommand === undefined
        ? {}
        : {
            withBareUrl: () => ({
              ...patient,
              command: bareCommand,
              args: [cast.url, ...operation, ...everythingOf(cast)],
            }),
          }),
      withEverything: () => everything,
    },
    stop,
  }
}

/** What git sends last, which the person knows and can type again. */
function heldSecret(world: GitWorld, cast: Cast): string | undefined {
  const last = runGit(world.afterFailure ? afterFailure(world) : world).sent.at(-1)
  return last === undefined ? undefined : cast.secretOf(last.pair.secret)
}

async function jenkinsPatient(
  world: JenkinsWorld,
  cast: Cast,
  folder: string,
  agent: Account,
  site: Site,
): Promise<Started> {
  const scene = await furnishJenkins(world, cast, folder, agent)
  const admin = new Account(join(folder, 'admin'), { ...agent.environment, ...loginOf(scene.login) })
  await mkdir(admin.home, { recursive: true })
  const agentHome = world.told.agentHome ? ['--as-home', agent.home] : []
  const args = ['--jenkins', scene.login.baseUrl, '--job', JOB, ...agentHome, ...told(world, cast)]
  const given = world.told.secret ? { given: scene.given } : {}
  if (world.built) await scene.command()
  const patient = {
    account: admin,
    folder: admin.home,
    args,
    ...given,
    command: scene.command,
    act: actsInJenkins(site, cast, world, scene),
  }
  const subject = ['--jenkins', scene.login.baseUrl, '--job', JOB, '--as-home', agent.home]
  const secret = usedPair(world)?.secret
  const everything: Patient = {
    ...patient,
    args: [...subject, ...everythingOf(cast)],
    ...(secret === undefined ? {} : { given: cast.secretOf(secret) }),
  }
  return { patient: { ...patient, withEverything: () => everything }, stop: scene.stop }
}

const loginOf = ({ user, apiToken }: { readonly user: string; readonly apiToken: string }) => ({
  JENKINS_USER_ID: user,
  JENKINS_API_TOKEN: apiToken,
})

const everythingOf = ({ email }: Cast): readonly string[] => [
  '--email',
  email,
  '--atlassian-site',
  'https://acme.atlassian.net',
]

function told({ told: known }: Blueprint, { email }: Cast): readonly string[] {
  return [
    ...(known.email ? ['--email', email] : []),
    ...(known.site ? ['--atlassian-site', 'https://acme.atlassian.net'] : []),
  ]
}

/** An administrator of the workspace does what the page of the repository or of the workspace offers. */
function acts(
  { sandbox: { world } }: Site,
  { username, repository, workspace }: Cast,
  { site }: Blueprint,
): Patient['act'] {
  let isMissing = site.reach === 'no such repository'
  return async (code) => {
    if (code === 'D115' && isMissing)
      await world.addRepository({ workspace, slug: repository.split('/')[1] ?? '', isPrivate: true })
    if (code === 'D115') isMissing = false
    if (code === 'D115') world.grant(username, repository, 'write')
    if (code === 'D120' || code === 'D129')
      world.setWorkspacePolicy(workspace, { ipAllowlist: false, requires2sv: false, overUserLimit: false })
    return code === 'D115' || code === 'D120' || code === 'D129' ? {} : undefined
  }
}

/** In Jenkins, a credential is created with the id that the job names, or selected in the job. */
function actsInJenkins(site: Site, cast: Cast, world: JenkinsWorld, scene: JenkinsScene): Patient['act'] {
  const onSite = acts(site, cast, world)
  return async (code) => {
    if (code !== 'D113' && code !== 'D118') return onSite(code)
    const secret = site.sandbox.world.addApiToken(cast.username, { name: 'by hand' })
    const id = code === 'D118' ? 'by-hand' : world.id === 'no store holds it' ? 'bb-old' : 'bb'
    const store = { folder: 'team' }
    await scene.jenkins.addCredential({ store, id, username: 'x-bitbucket-api-token-auth', secret })
    if (code === 'D118') await scene.jenkins.addFreestyleJob({ fullName: JOB, url: cast.url, credentialsId: id })
    return { secret }
  }
}

/** Two at a time: all of them play on one day, so that they may share a clock. */
export async function repairAll(
  seed: string,
  indexes: readonly number[],
  town: Town,
  take: (outcome: RepairOutcome) => void,
): Promise<void> {
  const left = indexes.filter((index) => isRepairable(compose(seed, index)))
  const lane = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) {
      const outcome = await repairIndex(seed, index, town)
      if (outcome !== undefined) take(outcome)
    }
  }
  await Promise.all([lane(), lane()])
}

export interface RepairSummary {
  readonly seed: string
  readonly worlds: number
  readonly repaired: number
  readonly stuck: number
  /** Rounds of doctor and repair, and how many worlds needed them. */
  readonly rounds: Readonly<Record<string, number>>
  readonly stuckWorlds: readonly {
    readonly index: number
    readonly planted: readonly string[]
    readonly rounds: string
    readonly because: string
  }[]
}

export function summariseRepairs(seed: string, outcomes: readonly RepairOutcome[]): RepairSummary {
  const ordered = [...outcomes].sort((a, b) => a.index - b.index)
  const stuck = ordered.filter(({ course }) => course.ended === 'stuck')
  const rounds: Record<string, number> = {}
  for (const { course } of ordered) {
    const needed = String(course.rounds.length - 1)
    if (course.ended === 'repaired') rounds[needed] = (rounds[needed] ?? 0) + 1
  }
  return {
    seed,
    worlds: ordered.length,
    repaired: ordered.length - stuck.length,
    stuck: stuck.length,
    rounds,
    stuckWorlds: stuck.map(({ index, planted, course }) => ({
      index,
      planted,
      rounds: course.rounds.map((codes) => codes.join('+')).join(' > '),
      because: course.because ?? '',
    })),
  }
}
