import type { ChangeAsked, Document, Ready, RestoreAsked, StagedTogether } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Context } from '../model/ports.ts'
import {
  type Among,
  backupOf,
  entryWord,
  findIn,
  type Hold,
  type HoldingParts,
  type Located,
  pathOf,
  type TogetherParts,
  type Written,
} from './held-place.ts'
import { keepWritten, loadDocument } from './load-document.ts'

/** Parts that write several places in one go. */
type Parts = HoldingParts & { readonly together: TogetherParts }

/** How often a commit starts again when the file changes between reading and writing. */
const ATTEMPTS = 5
/** How often places that do not fit are left out before all of them are left to be staged alone. */
const SIFTINGS = 4

export function stageManyIn(parts: Parts, asked: readonly ChangeAsked[], context: Context): Promise<StagedTogether> {
  const { random } = context.system
  return stageTogether(parts, asked, context, {
    among: (hold, { place: ref, next: change }) => ({ ref, hold, asked: { ref, change, random } }),
    write: parts.together.change,
  })
}

export function stageRestoreManyIn(
  parts: Parts,
  asked: readonly RestoreAsked[],
  context: Context,
): Promise<StagedTogether> {
  return stageTogether(parts, asked, context, {
    among: (hold, { place: ref, backup }) => ({ ref, hold, backup }),
    write: parts.together.restore,
  })
}

interface Expecting {
  readonly place: PlaceRef
  readonly expected: Digest
}

interface Writing<Ask, Item extends Among> {
  readonly among: (hold: Located, asked: Ask) => Item
  readonly write: (document: Document, places: readonly Item[]) => Written<Item>
}

async function stageTogether<Ask extends Expecting, Item extends Among>(
  parts: Parts,
  asked: readonly Ask[],
  context: Context,
  { among, write }: Writing<Ask, Item>,
): Promise<StagedTogether> {
  const [first] = asked
  const path = first === undefined ? '' : pathOf(first.place)
  if (asked.some(({ place }) => pathOf(place) !== path))
    throw new Failure('R900', { at: path, because: 'places of several files were asked to change in one write' })
  await parts.guard?.(path, context)
  const document = await loadDocument(parts.detector, path, context)
  const entries = new Map<Item, Pick<Ready, 'entry'>>()
  const items = asked.map((one): Item | undefined => {
    const found = findIn(parts, one.place, document, context)
    if (found?.digest !== one.expected) return undefined
    const item = among(found, one)
    entries.set(item, entryWord(found))
    return item
  })
  const present = items.filter((item) => item !== undefined)
  const sifted = document === undefined ? undefined : sift(parts, document, present, write)
  if (document === undefined || sifted === undefined)
    return { each: asked.map(() => undefined), commit: nothingToWrite }
  const ready = new Map<Item, Ready>()
  const places: Prepared[] = []
  for (const [item, after] of sifted.after) {
    const to = context.digest(after.held)
    ready.set(item, { to, backup: backupOf(item.hold), ...entries.get(item) })
    places.push({ ref: item.ref, from: context.digest(item.hold.held), to, next: backupOf(after) })
  }
  return {
    each: items.map((item) => (item === undefined ? undefined : ready.get(item))),
    commit: () => commit(parts, { document, next: sifted.next, places }, context),
  }
}

function nothingToWrite(): Promise<'conflict'> {
  return Promise.resolve('conflict')
}

interface Sifted<Item> {
  readonly next: Document
  /** What each place that was written holds then. */
  readonly after: ReadonlyMap<Item, Hold>
}

/** Leaves out what stands in the way of the others. `undefined`: nothing can be written in one go. */
function sift<Item extends Among>(
  parts: Parts,
  document: Document,
  items: readonly Item[],
  write: Writing<unknown, Item>['write'],
): Sifted<Item> | undefined {
  let left = items
  for (let sifting = 0; sifting < SIFTINGS && left.length > 0; sifting++) {
    const written = write(document, left)
    const found = written.kind === 'unfit' ? written : foundIn(parts, written.next, left)
    if (found.kind === 'found') return found
    left = left.filter((item) => !found.places.has(item))
  }
  return undefined
}

/** A place that would not be found again must not be written. */
function foundIn<Item extends Among>(
  parts: Parts,
  next: Document,
  items: readonly Item[],
): (Sifted<Item> & { readonly kind: 'found' }) | { readonly kind: 'unfit'; readonly places: ReadonlySet<Item> } {
  const after = new Map<Item, Hold>()
  for (const item of items) {
    const hold = parts.find(next, item.ref)
    if (hold !== undefined) after.set(item, hold)
  }
  if (after.size === items.length) return { kind: 'found', next, after }
  return { kind: 'unfit', places: new Set(items.filter((item) => !after.has(item))) }
}

interface Prepared {
  readonly ref: PlaceRef
  readonly from: Digest
  readonly to: Digest
  /** What the place holds afterwards, for a document that others changed since. */
  readonly next: Uint8Array
}

interface Batch {
  readonly document: Document
  readonly next: Document
  readonly places: readonly Prepared[]
}

/** All places are read again, so that what others wrote elsewhere in the file since staging stays. */
async function commit(parts: Parts, batch: Batch, context: Context): Promise<'changed' | 'conflict'> {
  const { path } = batch.document
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await parts.guard?.(path, context)
    const fresh = await loadDocument(parts.detector, path, context)
    if (fresh === undefined) return 'conflict'
    const isSame = Buffer.compare(fresh.bytes, batch.document.bytes) === 0
    const next = isSame ? batch.next : transplanted(parts, batch, fresh, context)
    if (next === 'conflict') return 'conflict'
    const outcome = await context.system.files.replace(path, fresh.bytes, next.bytes)
    if (outcome !== 'replaced') continue
    keepWritten(next, context)
    return 'changed'
  }
  throw new Failure('R103', {
    at: path,
    because: `the file changed ${ATTEMPTS} times while it was about to be written`,
    state: 'The file was not written by keyturn.',
  })
}

function transplanted(parts: Parts, batch: Batch, fresh: Document, context: Context): Document | 'conflict' {
  const places = batch.places.map(({ ref, next }) => {
    const found = findIn(parts, ref, fresh, context)
    return found === undefined ? undefined : { ref, hold: found, backup: next, digest: found.digest }
  })
  const there = places.filter((place) => place !== undefined)
  if (batch.places.some(({ from }, index) => places[index]?.digest !== from)) return 'conflict'
  const written = parts.together.restore(fresh, there)
  const next = written.kind === 'written' ? written.next : undefined
  const isAsPrepared = batch.places.every(
    ({ ref, to }) => next !== undefined && findIn(parts, ref, next, context)?.digest === to,
  )
  if (next !== undefined && isAsPrepared) return next
  throw new Failure('R204', {
    at: fresh.path,
    because: 'the file was changed since the changes were prepared, and would not hold them any more',
    state: 'The file was not written by keyturn.',
    next: ['Make a new plan.'],
  })
}
