import { type Edit, splice } from '../formats/splice.ts'
import type { Change, Conflict, Connector, Detector, Document, PlaceState, Staged } from '../model/consumer.ts'
import type { Credential, CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef, Span } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Context, Randomness } from '../model/ports.ts'

export interface EditRequest {
  readonly document: Document
  readonly place: Place
  readonly change: CredentialChange
  readonly random: Randomness
}

export interface FileConnectorParts {
  readonly detector: Pick<Detector, 'companions'>
  /**
   * The place at `address`, whether or not it concerns Bitbucket and whether or not it holds a credential at present: a place
   * must be found again after its username was removed. Its `extent` must not depend on the credential.
   */
  readonly locate: (document: Document, address: string) => Place | undefined
  /** The bytes to put, all inside the extent of the place. Pure; throws `Failure` when the format cannot hold the change. */
  readonly edits: (request: EditRequest) => readonly Edit[]
  /** Throws `Failure` when the file must not be written now. Asked before staging and again before each write. */
  readonly guard?: (path: string, context: Context) => Promise<void>
}

/** A place together with the document it was found in. */
interface Located {
  readonly document: Document
  readonly place: Place
  readonly extent: Span
  readonly digest: Digest
}

/** How often a commit starts again when the file changes between reading and writing. */
const ATTEMPTS = 5

/** Reads and changes places of one file format. What is compared is the place, not the file: changes elsewhere are kept. */
export function fileConnector(parts: FileConnectorParts): Connector {
  return {
    read: async (ref, context) => stateOf(await find(parts, ref, context)),
    readAll: (refs, context) => readAll(parts, refs, context),
    stageReplace: async (ref, expected, next, context) => {
      await parts.guard?.(pathOf(ref), context)
      const found = await find(parts, ref, context)
      if (found?.digest !== expected) return conflict(found)
      const written = splice(found.document.bytes, editsWithin(found, next, parts, context))
      checkReadsBack(parts, found, written, next)
      return stage(parts, ref, found, extentAfter(found, written), context)
    },
    stageRestore: async (ref, expected, backup, context) => {
      await parts.guard?.(pathOf(ref), context)
      const found = await find(parts, ref, context)
      return found?.digest === expected ? stage(parts, ref, found, backup, context) : conflict(found)
    },
  }
}

function stage(parts: FileConnectorParts, ref: PlaceRef, found: Located, next: Uint8Array, context: Context): Staged {
  const expected = found.digest
  return {
    kind: 'staged',
    to: context.digest(next),
    backup: found.document.bytes.slice(...found.extent),
    commit: () => commit(parts, ref, expected, next, context),
  }
}

/** The place is read again, so that what others wrote elsewhere in the file since staging stays. */
async function commit(
  parts: FileConnectorParts,
  ref: PlaceRef,
  expected: Digest,
  next: Uint8Array,
  context: Context,
): Promise<Change> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await parts.guard?.(pathOf(ref), context)
    const fresh = await find(parts, ref, context)
    if (fresh?.digest !== expected) return conflict(fresh)
    const bytes = splice(fresh.document.bytes, [{ span: fresh.extent, bytes: next }])
    const outcome = await context.system.files.replace(pathOf(ref), fresh.document.bytes, bytes)
    if (outcome === 'replaced') return { kind: 'changed', now: context.digest(next) }
  }
  throw new Failure('R103', {
    at: pathOf(ref),
    because: `the file changed ${ATTEMPTS} times while it was about to be written`,
    state: 'The file was not written by keyturn.',
  })
}

/** A file is read once for all of its places. They are asked in the order of their files, so that one file is held at a time. */
async function readAll(
  parts: FileConnectorParts,
  refs: readonly PlaceRef[],
  context: Context,
): Promise<readonly (PlaceState | Failure)[]> {
  const states = new Map<PlaceRef, PlaceState | Failure>()
  for (const [path, group] of byPath(refs)) {
    const document = await loadDocument(parts, path, context).catch(failureOnly)
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

async function find(parts: FileConnectorParts, ref: PlaceRef, context: Context): Promise<Located | undefined> {
  return findIn(parts, ref, await loadDocument(parts, pathOf(ref), context), context)
}

function findIn(
  parts: FileConnectorParts,
  ref: PlaceRef,
  document: Document | undefined,
  context: Context,
): Located | undefined {
  const place = document === undefined ? undefined : parts.locate(document, ref.address)
  if (document === undefined || place?.extent === undefined) return undefined
  const digest = context.digest(document.bytes.subarray(...place.extent))
  return { document, place: { ...place, id: ref.id }, extent: place.extent, digest }
}

/** `undefined`: there is no such file. */
export async function loadDocument(
  parts: Pick<FileConnectorParts, 'detector'>,
  path: string,
  context: Context,
): Promise<Document | undefined> {
  const bytes = await readIfPresent(path, context)
  if (bytes === undefined) return undefined
  const companions = new Map<string, Uint8Array>()
  for (const names of parts.detector.companions?.(path) ?? []) {
    for (const name of companions.size === 0 ? names : []) {
      const companion = await context.system.files.read(name).catch(unreadable)
      if (companion !== undefined) companions.set(name, companion)
    }
  }
  return { path, bytes, seal: context.seal, companion: (name) => companions.get(name) }
}

async function readIfPresent(path: string, context: Context): Promise<Uint8Array | undefined> {
  try {
    return await context.system.files.read(path)
  } catch (error) {
    if (error instanceof Failure && error.code === 'R101') return undefined
    throw error
  }
}

/** A companion that cannot be read shows as an undecryptable place, not as an error of the place's own file. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
}

function stateOf(found: Located | undefined): PlaceState {
  if (found === undefined) return { kind: 'absent' }
  const credential = credentialOf(found.place)
  return {
    kind: 'present',
    place: found.place,
    digest: found.digest,
    ...(credential === undefined ? {} : { credential }),
  }
}

function credentialOf(place: Place): Credential | undefined {
  if (place.secret?.value === undefined) return undefined
  const { value: secret } = place.secret
  return place.username === undefined ? { secret } : { username: place.username.text, secret }
}

function editsWithin(
  found: Located,
  change: CredentialChange,
  parts: FileConnectorParts,
  context: Context,
): readonly Edit[] {
  const { document, place, extent } = found
  const edits = parts.edits({ document, place, change, random: context.system.random })
  if (edits.some(({ span }) => span[0] < extent[0] || span[1] > extent[1]))
    throw new Failure('R900', { at: document.path, because: `an edit of ${place.address} leaves its extent` })
  return edits
}

/** The extent is what lies between the untouched bytes before and after it. */
function extentAfter(found: Located, written: Uint8Array): Uint8Array {
  const [start, end] = found.extent
  return written.slice(start, end + written.length - found.document.bytes.length)
}

/** What was asked must be what the same reader finds afterwards, at the same address. */
function checkReadsBack(parts: FileConnectorParts, before: Located, bytes: Uint8Array, change: CredentialChange): void {
  const after = parts.locate({ ...before.document, bytes }, before.place.address)
  const username = change.username === 'keep' ? before.place.username?.text : asked(change.username)
  const secret = change.secret === 'keep' ? before.place.secret?.value : change.secret.set
  const found = after?.secret?.value
  const sameSecret = secret === undefined ? found === undefined : found?.equals(secret) === true
  if (after?.extent !== undefined && (after.username?.text ?? '') === (username ?? '') && sameSecret) return
  throw new Failure('R204', {
    at: `${before.document.path} ${before.place.address}`,
    because: 'the format cannot hold this username and secret: they would not read back',
    state: 'Nothing was changed.',
  })
}

function asked(username: 'remove' | { readonly set: string }): string | undefined {
  return username === 'remove' ? undefined : username.set
}

function conflict(found: Located | undefined): Conflict {
  return { kind: 'conflict', found: found?.digest ?? 'absent' }
}

function pathOf(ref: PlaceRef): string {
  if (ref.at.kind === 'file') return ref.at.path
  throw new Failure('R900', { at: ref.address, because: 'a file connector was asked about a URL' })
}
