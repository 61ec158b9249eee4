import { join } from 'node:path'
import type { Connector, Consumer } from '../../src/model/consumer.ts'
import type { CredentialChange } from '../../src/model/credential.ts'
import { Failure } from '../../src/model/failure.ts'
import type { Place } from '../../src/model/place.ts'
import type { Digest, Step } from '../../src/model/plan.ts'
import type { Context } from '../../src/model/ports.ts'
import type { Secret } from '../../src/model/secret.ts'
import type { Tree } from '../contract/fixtures.ts'
import { mount } from './disk-calls.ts'
import { diskOf } from './disk-of-files.ts'
import { filesOf, type SimulatedDisk } from './simulated-disk.ts'

/** A place of a copy that its connector can change, and how. */
export interface ChangeablePlace {
  readonly place: Place
  readonly digest: Digest
  readonly username: Step['to']['username']
  readonly keepSecret: boolean
  /** The bytes that stand for the old secret; empty for a place that holds none. */
  readonly stored: Buffer
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
}

/** Finds the places as `scan` does, and tries every combination of their changes, each on a disk of its own. */
export async function probeCopy(request: ProbeRequest): Promise<ProbedCopy> {
  const all = detected(request)
  const changeable: ChangeablePlace[] = []
  for (const place of all) {
    if (changeable.length >= request.most) break
    const covered = changeable.some(
      (other) => other.place.with?.includes(place.address) && isSameFile(other.place, place),
    )
    const found = covered ? undefined : await tryChange(place, request)
    if (found !== undefined) changeable.push(found)
  }
  // Places that share bytes and do not say so cannot be changed one after the other: then the first one that can stands alone.
  for (const places of [changeable, ...changeable.map((place) => [place])]) {
    const versions = await versionsOf(places, all, request)
    if (versions !== undefined) return { places, versions }
  }
  return { places: [], versions: new Map() }
}

function isSameFile(one: Place, other: Place): boolean {
  return JSON.stringify(one.at) === JSON.stringify(other.at)
}

function detected({ consumer, files, root, context }: ProbeRequest): readonly Place[] {
  const { detector } = consumer
  if (detector === undefined) return []
  return [...files].flatMap(([name, bytes]) => {
    const path = join(root, name)
    if (!detector.matches(path)) return []
    const companion = (wanted: string): Uint8Array | undefined => files.get(wanted.slice(root.length + 1))
    const { places } = detector.detect({ path, bytes, seal: context.seal, companion })
    return places.filter(({ consumer: owner, buried }) => owner === consumer.id && buried === undefined)
  })
}

async function tryChange(place: Place, request: ProbeRequest): Promise<ChangeablePlace | undefined> {
  const { connector, context, files, root } = request
  freshDisk(request)
  const state = await connector.read(place, context)
  if (state.kind === 'absent' || place.at.kind !== 'file') return undefined
  const bytes = Buffer.from(files.get(place.at.path.slice(root.length + 1)) ?? [])
  const stored = place.secret?.span === undefined ? Buffer.alloc(0) : bytes.subarray(...place.secret.span)
  const base = { place, digest: state.digest, stored, keepSecret: place.secret === undefined }
  for (const username of [{ set: 'x-bitbucket-api-token-auth' }, 'keep'] as const) {
    const attempt: ChangeablePlace = { ...base, username }
    if (await commits(attempt, request)) return attempt
  }
  return undefined
}

async function commits(
  { place, digest, username, keepSecret }: ChangeablePlace,
  request: ProbeRequest,
): Promise<boolean> {
  const { connector, secret, context } = request
  const change: CredentialChange = { username, secret: keepSecret ? 'keep' : { set: secret } }
  try {
    const staged = await connector.stageReplace(place, digest, change, context)
    return staged.kind === 'staged' && (await staged.commit()).kind === 'changed'
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

/** `undefined`: they cannot be changed one after the other, or one of them then holds half of each credential. */
async function versionsOf(
  places: readonly ChangeablePlace[],
  all: readonly Place[],
  request: ProbeRequest,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  const versions = new Map<string, Set<string>>()
  for (let bits = 0; bits < 2 ** places.length; bits++) {
    const disk = freshDisk(request)
    for (const one of places.filter((_, index) => (bits & (1 << index)) !== 0))
      if (!(await commits(one, request))) return undefined
    for (const [path, { bytes }] of filesOf(disk.tree))
      versions.set(path, (versions.get(path) ?? new Set()).add(bytes.toString('latin1')))
    for (const place of all) if (await isMixed(place, request)) return undefined
  }
  return versions
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
