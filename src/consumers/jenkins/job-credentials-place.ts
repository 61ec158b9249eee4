import type { Change, Conflict, PlaceState, Staged } from '../../model/consumer.ts'
import { type ReferenceChange, renamedId } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { Place, PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import type { JenkinsAddress } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { refuseHidden } from './hidden-reference.ts'
import { itemConfig, postItemConfig } from './item-document.ts'
import { refuseGenerated } from './item-owner.ts'
import { actAndLook, notDone } from './look-back.ts'
import { referenceElements } from './reference-elements.ts'
import { readXml, splice, withText, type XmlDocument, type XmlElement } from './xml-document.ts'

export type JobCredentialsAddress = Extract<JenkinsAddress, { kind: 'job credentials' }>

/** The credentials that one item names, bound for this call. */
export interface BoundReferences {
  readonly client: JenkinsClient
  readonly address: JobCredentialsAddress
  readonly place: PlaceRef
  readonly context: Context
}

interface Snapshot {
  readonly config: XmlDocument
  readonly elements: readonly XmlElement[]
  readonly digest: Digest
}

export async function readReferences(bound: BoundReferences): Promise<PlaceState> {
  return referencesIn(bound, await itemConfig(bound.client, bound.address.item))
}

/** As `readReferences`, from a configuration that was read already. */
export function referencesIn(bound: BoundReferences, config: XmlDocument | undefined): PlaceState {
  const snapshot = snapshotOf(bound, config)
  if (snapshot === undefined) return { kind: 'absent' }
  return { kind: 'present', place: referencePlace(bound.place), digest: snapshot.digest }
}

function referencePlace({ id, consumer, at, address }: PlaceRef): Place {
  return { id, consumer, at, address, host: 'bitbucket.org', uses: [] }
}

/** Every mention of `change.from` in this group becomes `change.to`; the rest of the configuration stays as it is. */
export async function stageReferences(
  bound: BoundReferences,
  expected: Digest,
  change: ReferenceChange,
): Promise<Staged | Conflict> {
  const before = await take(bound)
  if (before === undefined || before.digest !== expected) return conflict(before)
  const ids = before.elements.map(({ text }) => idIn(text))
  const wanted = ids.map((id) => renamedId(change, id))
  if (wanted.every((id, index) => id === ids[index])) throw namedNowhere(bound, change)
  await refuseGenerated(bound.client, bound.address.item, before.config)
  await refuseHidden(
    { ...bound.address, client: bound.client, config: before.config, at: locationOf(bound) },
    change,
    ids,
  )
  return staged(bound, before, wanted)
}

/** The place is as the plan saw it; whoever wrote the step did not look. */
function namedNowhere(bound: BoundReferences, { from }: ReferenceChange): Failure {
  return new Failure('R204', {
    at: locationOf(bound),
    because: `nothing here names the credential "${from}"`,
    state: 'Nothing was changed.',
  })
}

/** The ids of the backup go back into the configuration as it is now: later edits of anything else are kept. */
export async function stageReferencesRestore(
  bound: BoundReferences,
  expected: Digest,
  backup: Uint8Array,
): Promise<Staged | Conflict> {
  const before = await take(bound)
  if (before === undefined || before.digest !== expected) return conflict(before)
  const old = readXml(Buffer.from(backup).toString('utf8'))
  const ids = old === undefined ? [] : referenceElements(old, bound.address.group).map(({ text }) => idIn(text))
  if (ids.length !== before.elements.length) {
    throw new Failure('R313', {
      at: locationOf(bound),
      because: 'the item now has another number of remotes and sources than when its backup was made',
      state: 'This item keeps the credentials that it names now.',
      next: ['Select the old credential in the configuration of the item by hand.'],
    })
  }
  return staged(bound, before, ids)
}

function staged(bound: BoundReferences, before: Snapshot, ids: readonly string[]): Staged {
  return {
    kind: 'staged',
    to: digestOf(bound, ids),
    backup: Buffer.from(before.config.source, 'utf8'),
    commit: () => commit(bound, before.digest, ids),
  }
}

/** Jenkins writes the document anew, so the ids are compared afterwards and not the bytes (core, AbstractItem.updateByXml). */
async function commit(bound: BoundReferences, expected: Digest, ids: readonly string[]): Promise<Change> {
  const before = await take(bound)
  if (before === undefined || before.digest !== expected) return conflict(before)
  const body = withIds(before, ids)
  const { found, doubt } = await actAndLook(
    () => postItemConfig(bound.client, bound.address.item, body),
    () => take(bound),
  )
  if (found?.digest === digestOf(bound, ids)) return { kind: 'changed', now: found.digest }
  if (doubt !== undefined) throw found?.digest === expected ? notDone(doubt) : doubt
  throw new Failure('R204', {
    at: locationOf(bound),
    because: 'the controller answered 200, but the item names other credentials',
    state: 'The controller may have changed this item in part.',
  })
}

/** Only the ids that change are touched. */
function withIds({ config, elements }: Snapshot, ids: readonly string[]): string {
  const splices = elements.flatMap((element, index) => {
    const id = ids[index] ?? ''
    return idIn(element.text) === id ? [] : [withText(element, config.source, id)]
  })
  return splice(config.source, splices)
}

async function take(bound: BoundReferences): Promise<Snapshot | undefined> {
  return snapshotOf(bound, await itemConfig(bound.client, bound.address.item))
}

function snapshotOf(bound: BoundReferences, config: XmlDocument | undefined): Snapshot | undefined {
  if (config === undefined) return undefined
  const elements = referenceElements(config, bound.address.group)
  if (elements.length === 0) return undefined
  const ids = elements.map(({ text }) => idIn(text))
  return { config, elements, digest: digestOf(bound, ids) }
}

function idIn(text: string): string {
  return text.trim()
}

function digestOf({ context, address }: BoundReferences, ids: readonly string[]): Digest {
  return context.digest(Buffer.from(['job credentials', address.group, ...ids].join('\0'), 'utf8'))
}

function conflict(found: Snapshot | undefined): Conflict {
  return { kind: 'conflict', found: found?.digest ?? 'absent' }
}

function locationOf({ client, address }: BoundReferences): string {
  return `Jenkins ${client.baseUrl}, item "${address.item}"`
}
