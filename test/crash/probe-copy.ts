import { join } from 'node:path'
import type { Connector, Consumer } from '../../src/model/consumer.ts'
import type { CredentialChange } from '../../src/model/credential.ts'
import { Failure } from '../../src/model/failure.ts'
import type { Detection, Place, PlaceRef } from '../../src/model/place.ts'
import type { Standing, Step } from '../../src/model/plan.ts'
import type { Context } from '../../src/model/ports.ts'
import type { Secret } from '../../src/model/secret.ts'
import { mergedPlace, unitsOf } from '../../src/plan/units.ts'
import type { Tree } from '../contract/fixtures.ts'
import { mount } from './disk-calls.ts'
import { diskOf } from './disk-of-files.ts'
import { VAULT_PASSWORDS } from './made-vault.ts'
import { filesOf, type SimulatedDisk } from './simulated-disk.ts'
import { SPLIT_IDS } from './split-home.ts'

/** A place of a copy that its connector can change, and how. */
export interface ChangeablePlace {
  readonly place: PlaceRef
  readonly digest: Standing
  readonly to: Pick<Step['to'], 'username' | 'keepSecret' | 'create' | 'reference'>
  /** The bytes that stand for the old secrets: none for a place that holds none, several where places share a username. */
  readonly stored: readonly Buffer[]
  /** As in `Step.wave`. */
  readonly wave?: number
}

export interface ProbedCopy {
  readonly places: readonly ChangeablePlace[]
  /** What each file may hold when any of the places were changed and the others were not; by path below the root. */
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>
}

export interface ProbeRequest {
  readonly consumer: Consumer
  readonly connector: Connector
  readonly files: Tree
  /** Where simulated disks are mounted. */
  readonly root: string
  readonly secret: Secret
  readonly most: number
  readonly context: Context
  /** A credential is made two, where the copy has room for it. */
  readonly split?: true
}

/** Finds the places as `scan` does, and tries every combination of their changes, each on a disk of its own. */
export async function probeCopy(request: ProbeRequest): Promise<ProbedCopy> {
  const found = detected(request)
  const all = found.flatMap(({ places }) => places)
  const split = request.split ? await trySplit(all, found, request) : []
  const changeable: ChangeablePlace[] = [...split]
  for (const unit of unitsOf(all)) {
    if (changeable.length >= request.most) break
    const place = await tryChange(unit, request)
    if (place !== undefined) changeable.push(split.length > 0 ? { ...place, wave: 3 } : place)
  }
  // Places that share bytes and do not say so cannot be changed one after the other: then the first one that can stands alone.
  for (const places of [changeable, ...(split.length > 0 ? [split] : changeable.map((place) => [place]))]) {
    const versions = await versionsOf(places, all, request)
    if (versions !== undefined) return { places, versions }
  }
  return { places: [], versions: new Map() }
}

function detected({ consumer, files, root, context }: ProbeRequest): readonly Detection[] {
  const { detector } = consumer
  if (detector === undefined) return []
  return [...files].flatMap(([name, bytes]) => {
    const path = join(root, name)
    if (!detector.matches(path)) return []
    const companion = (wanted: string): Uint8Array | undefined =>
      wanted.startsWith('given:') ? VAULT_PASSWORDS : files.get(wanted.slice(root.length + 1))
    const detection = detector.detect({ path, bytes, seal: context.seal, companion })
    const places = detection.places.filter(
      ({ consumer: owner, buried }) => owner === consumer.id && buried === undefined,
    )
    return [{ ...detection, places }]
  })
}

/** A credential is made in the first wave, what names it is told in the second, as the planner has it; none when it does not fit. */
async function trySplit(
  all: readonly Place[],
  found: readonly Detection[],
  request: ProbeRequest,
): Promise<readonly ChangeablePlace[]> {
  const like = all.find(({ address }) => address.endsWith(`/${SPLIT_IDS.from}`))
  if (like === undefined || request.most < 2) return []
  const { consumer, at, address } = like
  const ref: PlaceRef = { id: like.id, consumer, at, address }
  const made: ChangeablePlace = {
    place: { ...ref, id: `${like.id}-git`, address: address.replace(/bb$/, SPLIT_IDS.to) },
    digest: 'absent',
    to: { username: GIT_USERNAME, create: { like: ref } },
    stored: [],
    wave: 1,
  }
  const naming = found
    .flatMap(({ demands }) => demands)
    .flatMap(({ reference, of }) =>
      reference !== undefined && of.kind === 'jenkins' && of.credentialId === SPLIT_IDS.from ? [reference] : [],
    )
  const rewired: ChangeablePlace[] = []
  for (const place of new Map(naming.map((one) => [`${JSON.stringify(one.at)} ${one.address}`, one])).values()) {
    freshDisk(request)
    const state = await request.connector.read(place, request.context)
    if (state.kind === 'absent') continue
    const to = { username: 'keep', reference: SPLIT_IDS } as const
    rewired.push({ place, digest: state.digest, to, stored: [], wave: 2 })
  }
  return rewired.length === 0 ? [] : [made, ...rewired.slice(0, request.most - 1)]
}

const GIT_USERNAME = { set: 'x-bitbucket-api-token-auth' } as const

/** Places that share the bytes of one username are changed as one. */
async function tryChange(
  [first, ...others]: readonly Place[],
  request: ProbeRequest,
): Promise<ChangeablePlace | undefined> {
  if (first === undefined) return undefined
  const { connector, context, files, root } = request
  const place = mergedPlace([first, ...others])
  freshDisk(request)
  const state = await connector.read(place, context)
  if (state.kind === 'absent' || place.at.kind !== 'file') return undefined
  const bytes = Buffer.from(files.get(place.at.path.slice(root.length + 1)) ?? [])
  const stored = [first, ...others].flatMap(({ secret }) =>
    secret?.span === undefined ? [] : [bytes.subarray(...secret.span)],
  )
  const base = { place, digest: state.digest, stored }
  const kept = place.secret === undefined ? { keepSecret: true as const } : {}
  for (const username of [GIT_USERNAME, 'keep'] as const) {
    const attempt: ChangeablePlace = { ...base, to: { username, ...kept } }
    if (await commits(attempt, request)) return attempt
  }
  return undefined
}

async function commits({ place, digest, to }: ChangeablePlace, request: ProbeRequest): Promise<boolean> {
  const { connector, context } = request
  const change = changeOf(to, request)
  try {
    const staged =
      digest === 'absent'
        ? await connector.stageCreate?.(place, to.create?.like ?? place, change, context)
        : await connector.stageReplace(place, digest, change, context)
    return staged?.kind === 'staged' && (await staged.commit()).kind === 'changed'
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

function changeOf(
  { username, keepSecret, reference }: ChangeablePlace['to'],
  { secret }: ProbeRequest,
): CredentialChange {
  if (reference !== undefined) return { username: 'keep', secret: 'keep', reference }
  return { username, secret: keepSecret ? 'keep' : { set: secret } }
}

/** `undefined`: they cannot be changed one after the other, or one of them then holds half of each credential. */
async function versionsOf(
  places: readonly ChangeablePlace[],
  all: readonly Place[],
  request: ProbeRequest,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  const versions = new Map<string, Set<string>>()
  for (let bits = 0; bits < 2 ** places.length; bits++) {
    const chosen = places.filter((_, index) => (bits & (1 << index)) !== 0)
    if (!isInWaves(chosen, places)) continue
    const disk = freshDisk(request)
    for (const one of chosen) if (!(await commits(one, request))) return undefined
    for (const [path, { bytes }] of filesOf(disk.tree))
      versions.set(path, (versions.get(path) ?? new Set()).add(bytes.toString('latin1')))
    for (const place of all) if (await isMixed(place, request)) return undefined
  }
  return versions
}

/** A run never comes to a wave before all of the waves before it are done. */
function isInWaves(chosen: readonly ChangeablePlace[], places: readonly ChangeablePlace[]): boolean {
  const last = Math.max(0, ...chosen.map(({ wave = 1 }) => wave))
  return places.every((place) => (place.wave ?? 1) >= last || chosen.includes(place))
}

/** The username of one credential with the secret of the other. */
async function isMixed(place: Place, { connector, secret, context }: ProbeRequest): Promise<boolean> {
  const old = place.secret?.value
  const state = await connector.read(place, context)
  if (old === undefined || state.kind === 'absent' || state.credential === undefined) return false
  const isNew = state.credential.secret.equals(secret)
  if (!isNew && !state.credential.secret.equals(old)) return true
  return !isNew && (state.credential.username ?? '') !== (place.username?.text ?? '')
}

function freshDisk({ root, files }: ProbeRequest): SimulatedDisk {
  const disk = diskOf(files)
  mount(root, disk)
  return disk
}
