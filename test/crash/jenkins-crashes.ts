import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import type { Keyturn } from '../../src/index.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Http, HttpReply, HttpRequest } from '../../src/model/ports.ts'
import { nodeHttp } from '../../src/system/node-http.ts'
import { type Random, randomFrom, seedOf } from '../corpus/random.ts'
import type { CrashOutcome, Repository, SimulatedKind } from './crashes.ts'
import { mount, unmount } from './disk-calls.ts'
import { goBack, goOn } from './judge.ts'
import { openLibrary } from './library.ts'
import { seededApiToken, seededValues } from './made-secrets.ts'
import { mannerFor } from './manner.ts'
import { cutPower } from './power-cut.ts'
import { SimulatedDisk, type Tree } from './simulated-disk.ts'

/** A running controller on the real disk, and an installation of keyturn on a simulated one. The power fails for keyturn alone. */
export interface JenkinsWorld {
  readonly index: number
  readonly root: string
  readonly jenkins: Jenkins
  readonly login: { readonly baseUrl: string; readonly user: string; readonly apiToken: string }
  readonly start: Tree
  readonly plan: Plan
  /** Files of the controller before anything was changed, and what its places hold before and after an undisturbed run. */
  readonly files: ReadonlyMap<string, string>
  readonly before: Held
  readonly after: Held
  /** Files of the controller after an undisturbed run, without what encryption makes different each time. */
  readonly afterFiles: ReadonlyMap<string, string>
  /** Operations of the disk, and requests and their answers, of the undisturbed run and of its rollback. */
  readonly boundaries: number
  readonly backBoundaries: number
}

/** Username and fingerprint by address; an address that stands twice has its number behind it. */
type Held = ReadonlyMap<string, string>

export async function openJenkinsWorld(index: number, seed: string, at: Repository): Promise<JenkinsWorld> {
  const random = randomFrom(seedOf(`${seed} jenkins ${index}`))
  const root = join(at.folder, `j${index}`)
  const jenkins = await startJenkins({ home: join(at.folder, `jenkins${index}`), gitEnvironment: {}, seed })
  await furnish(jenkins, random)
  const permissions = ['hudson.model.Hudson.Administer']
  const { apiToken } = jenkins.addUser({ id: 'admin', password: 'sandbox', permissions })
  const login = { baseUrl: jenkins.url, user: 'admin', apiToken }
  const disk = new SimulatedDisk()
  mount(root, disk)
  const keyturn = await openLibrary(root, { logins: [login], http: realHttp })
  const secret = seededApiToken(random)
  await keyturn.addToken({ name: 'ci', secret, email: 'ci@acme.example', username: 'ci', offline: true })
  const inventory = await keyturn.scan({ paths: [], askControllers: true })
  const plan = await keyturn.plan(inventory, { token: 'ci', replace: true, offline: true })
  if (plan.steps.length < 3) throw new Error(`a plan of ${plan.steps.length} steps for a controller`)
  const begun = { index, root, jenkins, login, plan, start: new Map(disk.tree) }
  return { ...begun, ...(await undisturbed(begun)) }
}

async function furnish(jenkins: Jenkins, random: Random): Promise<void> {
  const [one, two, three] = [seededValues(random).OLD, seededValues(random).OLD, seededValues(random).OLD]
  const url = (slug: string): string => `https://bitbucket.org/acme/${slug}.git`
  await jenkins.addCredential({ store: 'system', id: 'bb', username: 'alice', secret: one, description: 'Bücher' })
  await jenkins.addCredential({ store: 'system', id: 'deploy', username: 'ci-bot', secret: two })
  await jenkins.addFreestyleJob({ fullName: 'deploy', url: url('infra'), credentialsId: 'deploy' })
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: 'ci-bot', secret: two })
  await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'bb' })
  await jenkins.addPipelineJob({ fullName: 'team/web', url: url('web'), credentialsId: 'bb' })
  const multibranch = { repoOwner: 'acme', repository: 'web', credentialsId: 'bb' }
  await jenkins.addMultibranchJob({ fullName: 'branches', ...multibranch })
  await jenkins.addFreestyleJob({ fullName: 'pinned', url: `https://alice:${three}@bitbucket.org/acme/infra.git` })
}

export async function closeJenkinsWorld({ jenkins, root }: JenkinsWorld): Promise<void> {
  unmount(root)
  await jenkins.stop()
  rmSync(jenkins.home, { recursive: true, force: true })
}

type Undisturbed = 'files' | 'before' | 'after' | 'afterFiles' | 'boundaries' | 'backBoundaries'
type Begun = Omit<JenkinsWorld, Undisturbed>

async function undisturbed(world: Begun): Promise<Pick<JenkinsWorld, Undisturbed>> {
  const files = filesOfController(world.jenkins)
  const before = await heldBy(world)
  const { disk, boundaries } = await live(world, world.start, (keyturn) => goOn(keyturn, world))
  const after = await heldBy(world)
  const afterFiles = comparable(world.jenkins)
  const back = await live(world, disk.tree, async (keyturn) => void (await goBack(keyturn)))
  const differing = different(files, filesOfController(world.jenkins))
  if (differing.length > 0) throw new Error(`undisturbed, ${differing.join(', ')} did not come back`)
  return { files, before, after, afterFiles, boundaries, backBoundaries: back.boundaries }
}

function comparable(jenkins: Jenkins): ReadonlyMap<string, string> {
  const files = [...filesOfController(jenkins)]
  return new Map(files.map(([path, text]) => [path, text.replaceAll(/\{AQA[A-Za-z0-9+/=]+\}/g, '{encrypted}')]))
}

export interface ControllerCrash {
  readonly phase: 'apply' | 'roll back'
  /** Which operation of the disk of keyturn, request or answer it does not live to see. */
  readonly before: number
  readonly kind: SimulatedKind
}

/** Kills keyturn; then goes on to the end, or not, and back to the start. */
export async function crashAtController(
  world: JenkinsWorld,
  { phase, before, kind }: ControllerCrash,
  random: Random,
): Promise<CrashOutcome> {
  const manner = mannerFor(world.plan.steps.length, random)
  const forwards = (keyturn: Keyturn): Promise<void> => goOn(keyturn, world, manner)
  const backwards = async (keyturn: Keyturn): Promise<void> => void (await goBack(keyturn, manner))
  const start = phase === 'apply' ? world.start : (await live(world, world.start, forwards)).disk.tree
  const { disk } = await live(world, start, phase === 'apply' ? forwards : backwards, before)
  const count = disk.operations.length
  let tree = kind === 'kill' ? disk.at(count) : cutPower(disk, count, kind, random)
  const problems = mixed(world, await heldBy(world))
  const forward: string[] = []
  if (phase === 'apply' && random.chance(70)) {
    forward.push(
      ...(await attempt('resume', async () => {
        tree = (await live(world, tree, forwards)).disk.tree
        return [
          ...different(world.after, await heldBy(world)),
          ...different(world.afterFiles, comparable(world.jenkins)),
        ]
      })),
    )
  }
  const back = await attempt('roll back', async () => {
    await live(world, tree, backwards)
    return different(world.files, filesOfController(world.jenkins))
  })
  return {
    world: world.index,
    places: world.plan.steps.length,
    consumers: ['jenkins'],
    splits: world.plan.steps.filter(({ to }) => to.create !== undefined || to.reference !== undefined).length,
    sharing: 0,
    crash: { kind, phase, before, controller: true, jobs: manner.jobs },
    converged: forward.length === 0,
    restored: back.length === 0,
    diverged: [...problems, ...forward, ...back],
    lost: [],
  }
}

async function attempt(what: string, act: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return (await act()).map((name) => `after ${what}: ${name} differs`)
  } catch (error) {
    return [`${what} failed: ${error instanceof Error ? error.message : String(error)}`]
  }
}

interface Life {
  readonly disk: SimulatedDisk
  readonly boundaries: number
}

/** One process: from its start to its end, or to the boundary at which it dies; then nothing of it goes on. */
async function live(
  world: Begun,
  tree: Tree,
  act: (keyturn: Keyturn) => Promise<void>,
  killBefore = Number.POSITIVE_INFINITY,
): Promise<Life> {
  const disk = new SimulatedDisk(tree)
  let boundaries = 0
  let die = (): void => undefined
  const death = new Promise<void>((resolve) => {
    die = resolve
  })
  const asked = new Set<Promise<unknown>>()
  const gate = (): Promise<void> | undefined => {
    if (boundaries++ < killBefore) return undefined
    die()
    return new Promise(() => undefined)
  }
  disk.before = gate
  const work = liveOn(world, disk, {
    act,
    send: async (request, send) => {
      await gate()
      const answer = send(request)
      asked.add(answer)
      const reply = await answer
      await gate()
      return reply
    },
  })
  await Promise.race([work, death])
  // Whoever asked is dead, and the controller does what it was asked all the same.
  await Promise.allSettled(asked)
  return { disk, boundaries }
}

/** What a process does, and what stands between it and the controller. */
export interface Doing {
  readonly act: (keyturn: Keyturn) => Promise<void>
  readonly send?: (request: HttpRequest, send: Http['send']) => Promise<HttpReply>
}

/** One process that lives to its end. */
export async function liveWith(world: Begun, tree: Tree, doing: Doing): Promise<Pick<Life, 'disk'>> {
  const disk = new SimulatedDisk(tree)
  await liveOn(world, disk, doing)
  return { disk }
}

async function liveOn(world: Begun, disk: SimulatedDisk, { act, send }: Doing): Promise<void> {
  mount(world.root, disk)
  const http: Http = send === undefined ? realHttp : { send: (request) => send(request, realHttp.send) }
  await act(await openLibrary(world.root, { logins: [world.login], http }))
}

const realHttp = nodeHttp({ environment: {} })

/** Read from the controller's files, with its own keys, by another consumer than the one that wrote. */
export async function heldBy({ root, jenkins, start }: Pick<Begun, 'root' | 'jenkins' | 'start'>): Promise<Held> {
  mount(root, new SimulatedDisk(start))
  const { places } = await (await openLibrary(root)).scan({ paths: [jenkins.home] })
  return new Map(places.map((place) => [place.address, `${place.username?.text} ${place.secret?.value?.fingerprint}`]))
}

/** At any moment each place holds one whole credential, and no place is there that neither state has. */
export function mixed({ before, after }: JenkinsWorld, now: Held): readonly string[] {
  return [...now]
    .filter(([address, pair]) => before.get(address) !== pair && after.get(address) !== pair)
    .map(([address]) => `${address} of the controller holds half of each credential, or should not be there`)
}

export function filesOfController({ home }: Jenkins): ReadonlyMap<string, string> {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const kept = paths.filter((path) => /\/(credentials|config)\.xml$/.test(path))
  return new Map(kept.map((path) => [path.slice(home.length + 1), readFileSync(path, 'latin1')]))
}

export function different(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...expected.keys(), ...found.keys()])
  return [...names].filter((name) => expected.get(name) !== found.get(name))
}
