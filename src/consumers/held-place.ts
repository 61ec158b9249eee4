import type { Detector, Document } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import type { Context, Randomness } from '../model/ports.ts'
import { loadDocument } from './load-document.ts'

/** What a connector holds of a file: the bytes that a change of one place may touch, and nothing else. */
export interface Hold {
  readonly place: Place
  /** What is compared before a write. */
  readonly held: Uint8Array
  /** What brings the bytes back; absent: `held` does. */
  readonly backup?: Uint8Array
}

export interface HoldingParts {
  readonly detector: Pick<Detector, 'companions'>
  readonly find: (document: Document, ref: PlaceRef) => Hold | undefined
  /** The whole document with the place changed. Throws `Failure` when it cannot be. */
  readonly change: (document: Document, hold: Hold, asked: Asked) => Uint8Array
  /** The whole document with the bytes of a backup put back. Throws `Failure` when these are no backup of it. */
  readonly restore: (
    document: Document,
    hold: Hold,
    asked: { readonly ref: PlaceRef; readonly backup: Uint8Array },
  ) => Uint8Array
  /** All places of a document, where an address counts entries (`NAME#2`, `list.2.NAME`). Absent: addresses do not count. */
  readonly counted?: (document: Document) => readonly Place[]
  /** What else stands in the entry of a place, and stays when the place is changed. Absent: nothing does. */
  readonly entry?: (document: Document, place: Place) => Uint8Array | undefined
  /** Both for several places in one go; absent: they are changed one by one. */
  readonly together?: TogetherParts
  /** Throws `Failure` when the file must not be written now. Asked before staging and again before each write. */
  readonly guard?: (path: string, context: Context) => Promise<void>
}

export interface Asked {
  readonly ref: PlaceRef
  readonly change: CredentialChange
  readonly random: Randomness
}

export interface Located extends Hold {
  readonly document: Document
  readonly digest: Digest
  /** Of what else its entry holds. */
  readonly entry?: Digest
}

/** A place among others of its document. */
export interface Among {
  readonly ref: PlaceRef
  readonly hold: Hold
}

export interface ChangeAmong extends Among {
  readonly asked: Asked
}

export interface RestoreAmong extends Among {
  readonly backup: Uint8Array
}

export interface TogetherParts {
  readonly change: (document: Document, places: readonly ChangeAmong[]) => Written<ChangeAmong>
  readonly restore: (document: Document, places: readonly RestoreAmong[]) => Written<RestoreAmong>
}

/** The document with all places written, or those that stand in the way of it. */
export type Written<Item> =
  | { readonly kind: 'written'; readonly next: Document }
  | { readonly kind: 'unfit'; readonly places: ReadonlySet<Item> }

export async function find(parts: HoldingParts, ref: PlaceRef, context: Context): Promise<Located | undefined> {
  return findIn(parts, ref, await loadDocument(parts.detector, pathOf(ref), context), context)
}

export function findIn(
  parts: HoldingParts,
  ref: PlaceRef,
  document: Document | undefined,
  context: Context,
): Located | undefined {
  const hold = document === undefined ? undefined : parts.find(document, ref)
  if (document === undefined || hold === undefined) return undefined
  const beside = parts.entry?.(document, hold.place)
  return {
    ...hold,
    document,
    place: { ...hold.place, id: ref.id },
    digest: context.digest(hold.held),
    ...(beside === undefined ? {} : { entry: context.digest(beside) }),
  }
}

export function backupOf({ backup, held }: Hold): Uint8Array {
  return backup ?? held
}

/** As states and staged changes say it. */
export function entryWord({ entry }: Located): { readonly entry?: Digest } {
  return entry === undefined ? {} : { entry }
}

export function pathOf(ref: PlaceRef): string {
  if (ref.at.kind === 'file') return ref.at.path
  throw new Failure('R900', { at: ref.address, because: 'a file connector was asked about a URL' })
}
