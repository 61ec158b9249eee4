import type { Change, Conflict, PlaceState, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { Place, PlaceRef, SecretField } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import type { JenkinsAddress } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { type ItemReference, itemReferences } from './item-config.ts'
import { itemConfig, postItemConfig } from './item-document.ts'
import { refuseGenerated } from './item-owner.ts'
import { actAndLook, notDone } from './look-back.ts'
import { percentDecoded, type RemoteUrl, readRemoteUrl, writeRemoteUrl } from './remote-url.ts'
import { splice, withText, type XmlDocument } from './xml-document.ts'

export type JobUrlAddress = Extract<JenkinsAddress, { kind: 'job url' }>

/** The userinfo that shall be written, percent-encoded. */
export type JobUrlChange = (url: RemoteUrl) => {
  readonly username: string | undefined
  readonly password: string | undefined
}

export interface BoundJobUrl {
  readonly client: JenkinsClient
  readonly address: JobUrlAddress
  readonly place: PlaceRef
  readonly context: Context
  /** Which kind of secret the URL holds, by its shape. */
  readonly secretField: (password: string) => SecretField
}

export type GitReference = Extract<ItemReference, { kind: 'git' }>

interface Snapshot {
  readonly config: XmlDocument
  readonly reference: GitReference
  readonly digest: Digest
}

export async function readJobUrlPlace(bound: BoundJobUrl): Promise<PlaceState> {
  return jobUrlIn(bound, await itemConfig(bound.client, bound.address.item))
}

/** As `readJobUrlPlace`, from a configuration that was read already. */
export function jobUrlIn(bound: BoundJobUrl, config: XmlDocument | undefined): PlaceState {
  const snapshot = snapshotOf(bound, config)
  if (snapshot === undefined) return { kind: 'absent' }
  const { place, secretField } = bound
  const jobPlace = jobUrlPlace(place, bound.address.item, snapshot.reference, secretField)
  const value = jobPlace.secret?.value
  const username = jobPlace.username?.text
  const credential = value === undefined ? {} : { credential: { secret: value, ...(username ? { username } : {}) } }
  return { kind: 'present', place: jobPlace, digest: snapshot.digest, ...credential }
}

export function jobUrlPlace(
  ref: PlaceRef,
  item: string,
  { url }: GitReference,
  secretField: (password: string) => SecretField,
): Place {
  const use = { operation: 'git-fetch', by: `job ${item}` } as const
  return {
    id: ref.id,
    consumer: ref.consumer,
    at: ref.at,
    address: ref.address,
    host: 'bitbucket.org',
    ...(url.username === undefined ? {} : { username: { text: percentDecoded(url.username), encoding: 'percent' } }),
    ...(url.password === undefined ? {} : { secret: secretField(percentDecoded(url.password)) }),
    uses: [url.repository === undefined ? use : { ...use, repository: url.repository }],
  }
}

export async function stageJobUrl(
  bound: BoundJobUrl,
  expected: Digest,
  change: JobUrlChange,
): Promise<Staged | Conflict> {
  const before = await take(bound)
  if (before === undefined || before.digest !== expected) return conflict(before)
  await refuseGenerated(bound.client, bound.address.item, before.config)
  const { username, password } = change(before.reference.url)
  const next = writeRemoteUrl(before.reference.url, username, password)
  return stageText(bound, expected, before.reference.text, next)
}

export async function stageJobUrlRestore(
  bound: BoundJobUrl,
  expected: Digest,
  backup: Uint8Array,
): Promise<Staged | Conflict> {
  const before = await take(bound)
  if (before === undefined || before.digest !== expected) return conflict(before)
  const old = Buffer.from(backup).toString('utf8')
  if (readRemoteUrl(old)?.rest !== before.reference.url.rest) {
    throw new Failure('R313', { at: locationOf(bound), because: 'the job now has the URL of another repository' })
  }
  return stageText(bound, expected, before.reference.text, old)
}

function stageText(bound: BoundJobUrl, expected: Digest, old: string, next: string): Staged {
  return {
    kind: 'staged',
    to: digestOf(bound, next),
    backup: Buffer.from(old, 'utf8'),
    commit: () => commit(bound, expected, next),
  }
}

/** Jenkins writes the document anew, so the value is compared afterwards and not the bytes (core, AbstractItem.updateByXml). */
async function commit(bound: BoundJobUrl, expected: Digest, next: string): Promise<Change> {
  const before = await take(bound)
  if (before === undefined || before.digest !== expected) return conflict(before)
  const { source } = before.config
  const changed = splice(source, [withText(before.reference.element, source, next)])
  const { found: after, doubt } = await actAndLook(
    () => postItemConfig(bound.client, bound.address.item, changed),
    () => take(bound),
  )
  if (doubt !== undefined && after?.reference.text !== next) throw after?.digest === expected ? notDone(doubt) : doubt
  if (after === undefined || after.reference.text !== next) {
    throw new Failure('R204', {
      at: locationOf(bound),
      because: 'the controller answered 200, but the job shows another URL',
      state: 'The controller may have changed this job in part.',
    })
  }
  return { kind: 'changed', now: after.digest }
}

async function take(bound: BoundJobUrl): Promise<Snapshot | undefined> {
  return snapshotOf(bound, await itemConfig(bound.client, bound.address.item))
}

function snapshotOf(bound: BoundJobUrl, config: XmlDocument | undefined): Snapshot | undefined {
  const { address } = bound
  const references = config === undefined ? [] : itemReferences(config)
  const reference = references.find(
    (candidate): candidate is GitReference => candidate.kind === 'git' && candidate.remote === address.remote,
  )
  if (config === undefined || reference === undefined) return undefined
  return { config, reference, digest: digestOf(bound, reference.text) }
}

function digestOf({ context }: BoundJobUrl, url: string): Digest {
  return context.digest(Buffer.from(`job url\0${url}`, 'utf8'))
}

function conflict(found: Snapshot | undefined): Conflict {
  return { kind: 'conflict', found: found?.digest ?? 'absent' }
}

function locationOf({ client, address }: BoundJobUrl): string {
  return `Jenkins ${client.baseUrl}, job "${address.item}"`
}
