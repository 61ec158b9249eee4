import type { Change, Conflict, Connector, Document, PlaceState, Staged } from '../model/consumer.ts'
import type { Credential } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Context } from '../model/ports.ts'
import { whereNow } from './counted-entries.ts'
import { backupOf, entryWord, find, findIn, type Hold, type HoldingParts, type Located, pathOf } from './held-place.ts'
import { stageManyIn, stageRestoreManyIn } from './held-together.ts'
import { type CompanionMemory, loadDocument } from './load-document.ts'

/** Gives the bytes to write for a document as it is now. */
type Write = (document: Document, hold: Hold) => Uint8Array

/** How often a commit starts again when the file changes between reading and writing. */
const ATTEMPTS = 5

/** Reads and changes places of files. What is compared is what is held, not the file: changes elsewhere are kept. */
export function holdingConnector(parts: HoldingParts): Connector {
  const { counted, together } = parts
  return {
    read: async (ref, context) => stateOf(await find(parts, ref, context)),
    readAll: (refs, context) => readAll(parts, refs, context),
    ...(counted === undefined ? {} : { whereNow: (asked, context) => whereNow({ ...parts, counted }, asked, context) }),
    stageReplace: async (ref, expected, change, context) => {
      await parts.guard?.(pathOf(ref), context)
      const found = await find(parts, ref, context)
      if (found?.digest !== expected) return conflict(found)
      const asked = { ref, change, random: context.system.random }
      return stage(parts, ref, found, (document, hold) => parts.change(document, hold, asked), context)
    },
    stageRestore: async (ref, expected, backup, context) => {
      await parts.guard?.(pathOf(ref), context)
      const found = await find(parts, ref, context)
      if (found?.digest !== expected) return conflict(found)
      return stage(parts, ref, found, (document, hold) => parts.restore(document, hold, { ref, backup }), context)
    },
    ...(together === undefined
      ? {}
      : {
          stageMany: (asked, context) => stageManyIn({ ...parts, together }, asked, context),
          stageRestoreMany: (asked, context) => stageRestoreManyIn({ ...parts, together }, asked, context),
        }),
  }
}

function stage(parts: HoldingParts, ref: PlaceRef, found: Located, write: Write, context: Context): Staged {
  const bytes = write(found.document, found)
  const after = parts.find({ ...found.document, bytes }, ref)
  if (after === undefined)
    throw new Failure('R204', {
      at: `${found.document.path} ${ref.address}`,
      because: 'the place would not be found again after the change',
      state: 'Nothing was changed.',
      next: ['Change it by hand, then scan again.'],
    })
  const to = context.digest(after.held)
  return {
    kind: 'staged',
    to,
    backup: backupOf(found),
    ...entryWord(found),
    commit: () => commit(parts, ref, { found, bytes, to, next: backupOf(after) }, context),
  }
}

interface Prepared {
  readonly found: Located
  /** For the document as it was when it was staged. */
  readonly bytes: Uint8Array
  readonly to: Digest
  /** What the place holds afterwards, for a document that others changed since. */
  readonly next: Uint8Array
}

/** The place is read again, so that what others wrote elsewhere in the file since staging stays. */
async function commit(
  parts: HoldingParts,
  ref: PlaceRef,
  { found, bytes, to, next }: Prepared,
  context: Context,
): Promise<Change> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await parts.guard?.(pathOf(ref), context)
    const fresh = await find(parts, ref, context)
    if (fresh?.digest !== found.digest) return conflict(fresh)
    const isSame = Buffer.compare(fresh.document.bytes, found.document.bytes) === 0
    const written = isSame ? bytes : transplanted(parts, ref, fresh, next, to, context)
    const outcome = await context.system.files.replace(pathOf(ref), fresh.document.bytes, written)
    if (outcome === 'replaced') return { kind: 'changed', now: to }
  }
  throw new Failure('R103', {
    at: pathOf(ref),
    because: `the file changed ${ATTEMPTS} times while it was about to be written`,
    state: 'The file was not written by keyturn.',
  })
}

function transplanted(
  parts: HoldingParts,
  ref: PlaceRef,
  fresh: Located,
  next: Uint8Array,
  to: Digest,
  context: Context,
): Uint8Array {
  const bytes = parts.restore(fresh.document, fresh, { ref, backup: next })
  const after = parts.find({ ...fresh.document, bytes }, ref)
  if (after !== undefined && context.digest(after.held) === to) return bytes
  throw new Failure('R204', {
    at: `${fresh.document.path} ${ref.address}`,
    because: 'the file was changed since the change was prepared, and would not hold it any more',
    state: 'The file was not written by keyturn.',
    next: ['Make a new plan.'],
  })
}

/** A file is read once for all of its places. They are asked in the order of their files, so that one file is held at a time. */
async function readAll(
  parts: HoldingParts,
  refs: readonly PlaceRef[],
  context: Context,
): Promise<readonly (PlaceState | Failure)[]> {
  const states = new Map<PlaceRef, PlaceState | Failure>()
  const memory: CompanionMemory = new Map()
  for (const [path, group] of byPath(refs)) {
    const document = await loadDocument(parts.detector, path, context, memory).catch(failureOnly)
    for (const ref of group)
      states.set(ref, document instanceof Failure ? document : stateOf(findIn(parts, ref, document, context)))
  }
  return refs.map((ref) => states.get(ref) ?? { kind: 'absent' })
}

function byPath(refs: readonly PlaceRef[]): ReadonlyMap<string, readonly PlaceRef[]> {
  const groups = new Map<string, PlaceRef[]>()
  for (const ref of refs) {
    const group = groups.get(pathOf(ref))
    if (group === undefined) groups.set(pathOf(ref), [ref])
    else group.push(ref)
  }
  return groups
}

function failureOnly(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

function stateOf(found: Located | undefined): PlaceState {
  if (found === undefined) return { kind: 'absent' }
  const credential = credentialOf(found.place)
  return {
    kind: 'present',
    place: found.place,
    digest: found.digest,
    ...entryWord(found),
    ...(credential === undefined ? {} : { credential }),
  }
}

function credentialOf(place: Place): Credential | undefined {
  if (place.secret?.value === undefined) return undefined
  const { value: secret } = place.secret
  return place.username === undefined ? { secret } : { username: place.username.text, secret }
}

function conflict(found: Located | undefined): Conflict {
  return { kind: 'conflict', found: found?.digest ?? 'absent' }
}
