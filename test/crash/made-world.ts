import { join } from 'node:path'
import type { Consumer } from '../../src/model/consumer.ts'
import type { Plan, Step } from '../../src/model/plan.ts'
import type { Context } from '../../src/model/ports.ts'
import type { Secret } from '../../src/model/secret.ts'
import type { Random } from '../corpus/random.ts'
import { mount } from './disk-calls.ts'
import { treeOf } from './disk-of-files.ts'
import { fixturePool, type PooledFixture } from './fixture-pool.ts'
import { consumersUnderTest, openLibrary } from './library.ts'
import { seededApiToken } from './made-secrets.ts'
import { type ChangeablePlace, type ProbedCopy, type ProbeRequest, probeCopy } from './probe-copy.ts'
import { filesOf, SimulatedDisk, type Tree } from './simulated-disk.ts'
import { splitHome } from './split-home.ts'

/** A machine with many places of many consumers, a vault with the new token, and a plan for all of them. */
export interface MadeWorld {
  /** Where its disk is mounted. Nothing is there on the real one unless a test puts it there. */
  readonly root: string
  readonly start: Tree
  readonly plan: Plan
  readonly places: readonly ChangeablePlace[]
  /** What each file of a consumer may hold at any moment; by path below the root. */
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>
  readonly newSecret: string
}

const TOKEN = 'ci'
/** Of one copy of a fixture; every combination of them is tried. */
const MOST_IN_ONE_COPY = 4

export interface WorldRequest {
  readonly root: string
  readonly repository: string
  readonly places: number
  readonly random: Random
  /** Consumers come in turn, from the one of this number on; the last one, -1, is the home of a Jenkins whose credential is split. */
  readonly start?: number
  /** One place of every consumer, then the next of every one. */
  readonly oneOfEach?: boolean
}

export async function makeWorld(request: WorldRequest): Promise<MadeWorld> {
  const { root, places: wanted, random, start = 0, oneOfEach = false } = request
  const home = new SimulatedDisk()
  mount(root, home)
  const newSecret = seededApiToken(random)
  const keyturn = await openLibrary(root)
  const { token } = await keyturn.addToken({ name: TOKEN, secret: newSecret, offline: true })
  const files = new Map<string, Uint8Array>([...filesOf(home.tree)].map(([path, { bytes }]) => [path, bytes]))
  const pool = await poolOf(request)
  const places: ChangeablePlace[] = []
  const versions = new Map<string, ReadonlySet<string>>()
  const mostInOne = oneOfEach ? 1 : MOST_IN_ONE_COPY
  for (let copy = 0; places.length < wanted; copy++) {
    if (copy > 50 * (wanted + 1)) throw new Error('the fixtures give no places')
    const fixtures = pool.at((start + copy) % pool.length) ?? []
    const most = Math.min(mostInOne, wanted - places.length)
    const probed = await furnish(fixtures, copy, { root, random, secret: token.secret, context: keyturn.context, most })
    places.push(...probed.places)
    for (const [path, bytes] of probed.files) files.set(path, bytes)
    for (const [path, contents] of probed.versions) versions.set(path, contents)
  }
  const plan = planFor(places, token.secret, keyturn.context)
  return { root, start: treeOf(files), plan, places, versions, newSecret }
}

let pool: readonly (readonly PooledFixture[])[] | undefined

async function poolOf({ repository }: WorldRequest): Promise<readonly (readonly PooledFixture[])[]> {
  const consumers = await consumersUnderTest()
  if (pool !== undefined) return pool
  const all = fixturePool(consumers, repository)
  pool = [...all, all.flat().filter(sharesItsUsername), ...splitHome(consumers, repository)]
  return pool
}

/** Two secrets beside one username: by chance alone there might be none in a hundred places. */
function sharesItsUsername({ consumer, name }: PooledFixture): boolean {
  return consumer.id === 'kingfisher' && name === 'env'
}

type Furnishing = Omit<ProbeRequest, 'consumer' | 'connector' | 'files' | 'split'> & { readonly random: Random }

interface Furnished extends ProbedCopy {
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** A copy of one of them, by chance, that has a place that can be changed. */
async function furnish(fixtures: readonly PooledFixture[], copy: number, request: Furnishing): Promise<Furnished> {
  let left = fixtures
  while (left.length > 0) {
    const fixture = request.random.pick(left)
    const furnished = await furnishWith(fixture, copy, request)
    if (furnished.places.length > 0) return furnished
    left = left.filter((other) => other !== fixture)
  }
  return { files: new Map(), places: [], versions: new Map() }
}

async function furnishWith(
  { consumer, copy: copied, split }: PooledFixture,
  copy: number,
  { random, ...request }: Furnishing,
): Promise<Furnished> {
  const folder = join('home', `${copy}-${consumer.id}`)
  const files = new Map([...copied(random)].map(([path, bytes]) => [join(folder, path), bytes]))
  const connector = connectorOf(consumer)
  const probe = { ...request, consumer, connector, files, ...(split === undefined ? {} : { split }) }
  return { files, ...(await probeCopy(probe)) }
}

function connectorOf({ id, connector }: Consumer): NonNullable<Consumer['connector']> {
  if (connector === undefined) throw new Error(`${id} has no connector`)
  return connector
}

function planFor(places: readonly ChangeablePlace[], secret: Secret, { system }: Context): Plan {
  const steps = places.map((each, index) => stepFor(each, index, secret))
  return {
    schema: 'keyturn/plan/1',
    id: 'c0ffee00',
    createdAt: system.clock.now().toISOString(),
    sources: ['.'],
    requests: [],
    steps,
    kept: [],
    manual: [],
  }
}

function stepFor({ place, digest, to, wave }: ChangeablePlace, index: number, secret: Secret): Step {
  const { consumer, at, address } = place
  const holds = to.keepSecret !== true && to.reference === undefined
  return {
    id: `s${index + 1}`,
    place: { id: `p${index + 1}`, consumer, at, address, ...(place.with === undefined ? {} : { with: place.with }) },
    from: { digest },
    to: { ...to, ...(holds ? { token: TOKEN, fingerprint: secret.fingerprint } : {}) },
    // Of no repository: a fixture may name any, and an entry of a list that is for another one would count as another entry.
    uses: [{ operation: 'git-fetch', by: 'a test' }],
    reason: 'made for a test',
    ...(wave === undefined ? {} : { wave }),
  }
}
