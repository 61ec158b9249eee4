import { join } from 'node:path'
import type { Plan, Step } from '../../src/model/plan.ts'
import type { Context } from '../../src/model/ports.ts'
import type { Secret } from '../../src/model/secret.ts'
import type { Random } from '../corpus/random.ts'
import { mount } from './disk-calls.ts'
import { treeOf } from './disk-of-files.ts'
import { copyOfFixture, fixturePool, type PooledFixture } from './fixture-pool.ts'
import { consumersUnderTest, openLibrary } from './library.ts'
import { seededApiToken } from './made-secrets.ts'
import { type ChangeablePlace, probeCopy } from './probe-copy.ts'
import { filesOf, SimulatedDisk, type Tree } from './simulated-disk.ts'

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
}

export async function makeWorld({ root, repository, places: wanted, random }: WorldRequest): Promise<MadeWorld> {
  const home = new SimulatedDisk()
  mount(root, home)
  const newSecret = seededApiToken(random)
  const keyturn = await openLibrary(root)
  const { token } = await keyturn.addToken({ name: TOKEN, secret: newSecret, offline: true })
  const files = new Map<string, Uint8Array>([...filesOf(home.tree)].map(([path, { bytes }]) => [path, bytes]))
  const pool = fixturePool(await consumersUnderTest(), repository)
  const places: ChangeablePlace[] = []
  const versions = new Map<string, ReadonlySet<string>>()
  for (let copy = 0; places.length < wanted; copy++) {
    if (copy > 50 * (wanted + 1)) throw new Error('the fixtures give no places')
    const fixture = random.pick(random.pick(pool))
    const most = Math.min(MOST_IN_ONE_COPY, wanted - places.length)
    const probed = await furnish(fixture, copy, { root, random, secret: token.secret, context: keyturn.context, most })
    if (probed.places.length === 0) continue
    places.push(...probed.places)
    for (const [path, bytes] of probed.files) files.set(path, bytes)
    for (const [path, contents] of probed.versions) versions.set(path, contents)
  }
  const plan = planFor(places, token.secret, keyturn.context)
  return { root, start: treeOf(files), plan, places, versions, newSecret }
}

interface Furnishing {
  readonly root: string
  readonly random: Random
  readonly secret: Secret
  readonly context: Context
  readonly most: number
}

async function furnish(fixture: PooledFixture, copy: number, { random, ...request }: Furnishing) {
  const { consumer } = fixture
  const folder = join('home', `${copy}-${consumer.id}`)
  const files = new Map([...copyOfFixture(fixture, random)].map(([path, bytes]) => [join(folder, path), bytes]))
  const { connector } = consumer
  if (connector === undefined) return { files, places: [], versions: new Map<string, ReadonlySet<string>>() }
  return { files, ...(await probeCopy({ ...request, consumer, connector, files })) }
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

function stepFor({ place, digest, username, keepSecret }: ChangeablePlace, index: number, secret: Secret): Step {
  const { consumer, at, address } = place
  return {
    id: `s${index + 1}`,
    place: { id: `p${index + 1}`, consumer, at, address, ...(place.with === undefined ? {} : { with: place.with }) },
    from: { digest },
    to: {
      username,
      ...(keepSecret ? { keepSecret: true } : { token: TOKEN, fingerprint: secret.fingerprint }),
    },
    uses: [{ operation: 'git-fetch', repository: { workspace: 'acme', slug: 'app' }, by: 'a test' }],
    reason: 'made for a test',
  }
}
