import type { Detector, Document } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Context } from '../model/ports.ts'

type Companions = ReadonlyMap<string, Uint8Array>

/** What was read of companions, by name: the thousands of files of a home have the same. For one pass over many files. */
export type CompanionMemory = Map<string, Uint8Array | undefined>

interface Kept {
  readonly document: Document
  readonly companions: Companions
}

/** As many files are worked on at the same time, unless told otherwise. */
const MOST_KEPT = 4

/**
 * The documents that were read last, oldest first: a file with many places is read for each of them, and parsed once. What they were read
 * from is compared each time.
 */
const KEPT = new WeakMap<Context, readonly Kept[]>()

/** `undefined`: there is no such file. The same document as before, when neither the file nor its companions changed. */
export async function loadDocument(
  detector: Pick<Detector, 'companions'>,
  path: string,
  context: Context,
  memory: CompanionMemory = new Map(),
): Promise<Document | undefined> {
  const bytes = await readIfPresent(path, context)
  if (bytes === undefined) return undefined
  const companions = await companionsOf(detector.companions?.(path) ?? [], context, memory)
  const kept = keptAt(path, context)
  if (kept !== undefined && isSame(kept.document.bytes, bytes) && areSame(kept.companions, companions))
    return kept.document
  const companion = (name: string): Uint8Array | undefined => companions.get(name)
  const document: Document = { path, bytes, seal: context.seal, companion, isKnown: true }
  keep({ document, companions }, context)
  return document
}

/** What was just written in the place of a document that `loadDocument` gave; it need not be parsed again. */
export function keepWritten(document: Document, context: Context): void {
  const kept = keptAt(document.path, context)
  if (kept !== undefined) keep({ ...kept, document }, context)
}

function keptAt(path: string, context: Context): Kept | undefined {
  return KEPT.get(context)?.find(({ document }) => document.path === path)
}

function keep(one: Kept, context: Context): void {
  const others = (KEPT.get(context) ?? []).filter(({ document }) => document.path !== one.document.path)
  KEPT.set(context, [...others, one].slice(-MOST_KEPT))
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

function areSame(one: Companions, other: Companions): boolean {
  if (one.size !== other.size) return false
  return [...one].every(([name, bytes]) => {
    const also = other.get(name)
    return also !== undefined && isSame(bytes, also)
  })
}

async function companionsOf(
  lists: readonly (readonly string[])[],
  context: Context,
  memory: CompanionMemory,
): Promise<Companions> {
  const companions = new Map<string, Uint8Array>()
  for (const names of lists) {
    for (const name of companions.size === 0 ? names : []) {
      const companion = memory.has(name) ? memory.get(name) : await companionAt(name, context)
      memory.set(name, companion)
      if (companion !== undefined) companions.set(name, companion)
    }
  }
  return companions
}

/** `given:` stands before what no file holds (`Context.given`). */
async function companionAt(name: string, { given, system }: Context): Promise<Uint8Array | undefined> {
  return name.startsWith('given:') ? given?.get(name) : system.files.read(name).catch(unreadable)
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
