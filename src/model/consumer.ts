import type { Answer } from './answer.ts'
import type { Credential, CredentialChange } from './credential.ts'
import type { Failure } from './failure.ts'
import type { ConsumerId, Detection, Place, PlaceRef } from './place.ts'
import type { Digest, Standing } from './plan.ts'
import type { Context } from './ports.ts'
import type { Seal } from './secret.ts'
import type { Operation, Use } from './use.ts'

/** A tool or file format that holds Bitbucket credentials. Each folder under `src/consumers/` exports exactly one. */
export interface Consumer {
  readonly id: ConsumerId
  /** As its users call it: "Jenkins (HTTP API)". */
  readonly title: string
  readonly detector?: Detector
  readonly connector?: Connector
  /** Why its places are found and never changed, and what to do instead: half a sentence. It then has no connector. */
  readonly unwritten?: string
  /** The same for some of its places, told by their addresses: what a command printed, while what it is given is written. */
  readonly copies?: { readonly addresses: RegExp; readonly because: string }
  readonly verifier?: Verifier
}

/** One file as the detector sees it. */
export interface Document {
  /** Absolute path. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly seal: Seal
  /** Bytes of a file that `Detector.companions` named, if it could be read. */
  readonly companion: (path: string) => Uint8Array | undefined
  /** A place was found in it: it is read in full although what is written there may make it larger than what a scan reads in full. */
  readonly isKnown?: true
}

/**
 * Where a detector looks: in files that only its consumer reads, for names that only its consumer knows, for calls of any program, or
 * anywhere. Of a pipeline, whose files feed others too, see `Place.isOfStep`.
 */
export type Breadth = 'own files' | 'own names' | 'any program' | 'anywhere'

/** Whole last names (`.netrc`), ends of paths (`/git/credentials`) with `/` between folders, and what last names hold in either case. */
export interface WantedFiles {
  readonly names: readonly string[]
  readonly suffixes: readonly string[]
  readonly inNames?: readonly string[]
}

/** Finds credentials in one document. Pure: no I/O, no clock; malformed input is a result, not a throw. */
export interface Detector {
  /** Whether a file with this absolute path is worth opening. */
  readonly matches: (path: string) => boolean
  /**
   * Files that must be opened although nothing in their bytes says Bitbucket: an old app password without a prefix after `default`, a
   * name of another file. Of all others only those are opened that the prefilter finds something in. Data, because threads are told.
   */
  readonly wanted?: WantedFiles
  /** Whether these are the bytes of such a file, asked of a file that a person named and that nobody knows by its name. */
  readonly recognises?: (bytes: Uint8Array) => boolean
  /** Text of which one must occur before `detect` is called at all; empty: always call. */
  readonly keywords: readonly string[]
  /** Of two detectors that find one secret, the narrower is right. Absent: its own files. */
  readonly breadth?: Breadth
  /** `detect` may give `explained`; it is then asked before all others. */
  readonly explains?: true
  /** Other files that `detect` needs, as absolute paths (Jenkins keys), and names of `Context.given`: the first list of which one is there is read, and no other. */
  readonly companions?: (path: string) => readonly (readonly string[])[]
  readonly detect: (document: Document) => Detection
  /** Variables that the consumer itself reads, and what for. */
  readonly variables?: readonly FixedVariable[]
  /** The same in a document that holds such a file as text or as base64: a netrc in a ConfigMap. */
  readonly detectNested?: (document: Document) => Detection
}

/** A variable that means the same wherever its consumer runs. */
export interface FixedVariable {
  readonly variable: string
  readonly operations: readonly Operation[]
  /** Without this in a document the name there is for something else. */
  readonly needs?: RegExp
  /** What variables beside it have to say. One that is not set says the empty text. */
  readonly where?: readonly (readonly [variable: string, says: RegExp])[]
}

export type PlaceState =
  | {
      readonly kind: 'present'
      readonly place: Place
      readonly digest: Digest
      /** Of what else stands in its entry of a list: of entries that hold the same bytes it tells which is which. Absent: nothing does. */
      readonly entry?: Digest
      readonly credential?: Credential
      /** This login is shown a part of it: that another digest was noted for it says nothing, and a backup would lack the rest. */
      readonly inPart?: true
      /** What `digest` is for a login that is shown a part of it. */
      readonly partDigest?: Digest
      /** It bears the mark that `stageCreate` gives what it makes at this place. */
      readonly made?: true
    }
  | { readonly kind: 'absent' }

/** Everything is ready and nothing is written. `to` and `backup` go into the journal before `commit`. */
export interface Staged {
  readonly kind: 'staged'
  readonly to: Standing | 'unpredictable'
  /** The old bytes, as the matching `stageRestore` wants them. A secret. */
  readonly backup: Uint8Array
  /** As in `PlaceState`. */
  readonly entry?: Digest
  readonly commit: () => Promise<Change>
}

/** Someone else changed the place: nothing was written, and the run stops. */
export interface Conflict {
  readonly kind: 'conflict'
  readonly found: Digest | 'absent'
}

/** `now` is `absent` after what was made was removed. */
export type Change = { readonly kind: 'changed'; readonly now: Standing } | Conflict

/** One of several places of one file that are asked to change in one write. */
export interface ChangeAsked {
  readonly place: PlaceRef
  readonly expected: Digest
  readonly next: CredentialChange
}

export interface RestoreAsked {
  readonly place: PlaceRef
  readonly expected: Digest
  readonly backup: Uint8Array
}

/** Several places of one file, ready to be written at once; nothing is written yet. */
export interface StagedTogether {
  /**
   * In the order of what was asked. `undefined`: this one is not written with the others (someone else changed it, its bytes are also
   * another's, the format cannot hold the change). Staged alone it says why.
   */
  readonly each: readonly (Ready | undefined)[]
  /** One write of all that are ready. `conflict`: one of them was changed meanwhile, and nothing was written. */
  readonly commit: () => Promise<'changed' | 'conflict'>
}

export interface Ready extends Pick<Staged, 'backup' | 'entry'> {
  /** What the place holds after the write. */
  readonly to: Digest
}

/** A place that may have another address by now. */
export interface Sought {
  readonly place: PlaceRef
  readonly digest: Digest
}

/** An entry that holds what is sought. */
export interface FoundEntry extends Pick<Place, 'address' | 'with' | 'uses'> {
  /** As in `PlaceState`. */
  readonly entry?: Digest
}

/** What a system says of the tools in it. */
export interface ToolVersions {
  /** By the name that the system lists a tool under. */
  readonly versions: Readonly<Record<string, string>>
  /** Where that was read. */
  readonly at: string
}

/** Reads and changes one place. Every change is compare-and-swap, so that a crash can be read back. */
export interface Connector {
  /** For systems that are asked rather than read. Gives the same as a detector would. */
  readonly list?: (context: Context) => Promise<Detection>
  /** What `list` asks. Absent: the controllers that the user named. */
  readonly asks?: 'helpers'
  readonly read: (place: PlaceRef, context: Context) => Promise<PlaceState>
  /** Why this place must not be written, by where it is: half a sentence. Absent: it may. */
  readonly refuses?: (place: PlaceRef) => string | undefined
  /**
   * What `read` says of each, in their order, with as few questions as the system allows; a `Failure` stands for the place that `read`
   * would throw it for, and hides no other. `partDigest` may be missing.
   */
  readonly readAll?: (places: readonly PlaceRef[], context: Context) => Promise<readonly (PlaceState | Failure)[]>
  /**
   * Where places of one file may be by now, when their addresses count entries and others came or went before them: for each the entries of
   * its name that hold the digest, in the order of the file. Absent: addresses do not count.
   */
  readonly whereNow?: (asked: readonly Sought[], context: Context) => Promise<readonly (readonly FoundEntry[])[]>
  /** The tools that use what stands at these places, where the system lists them. Left out: what it does not show. */
  readonly versions?: (places: readonly PlaceRef[], context: Context) => Promise<ReadonlyMap<PlaceRef, ToolVersions>>
  readonly stageReplace: (
    place: PlaceRef,
    expected: Digest,
    next: CredentialChange,
    context: Context,
  ) => Promise<Staged | Conflict>
  /**
   * Makes the credential `place`, which is not there, like the one at `like` in all but username and secret. `backup` is empty, and
   * restoring an empty backup removes what was made. A credential that is there already is a conflict. Where `to` is unpredictable, what
   * is made bears a mark that `read` tells of: without it a lost answer could not be told from somebody else's credential.
   */
  readonly stageCreate?: (
    place: PlaceRef,
    like: PlaceRef,
    next: CredentialChange,
    context: Context,
  ) => Promise<Staged | Conflict>
  /** Puts the bytes of `backup` back; repeatable. */
  readonly stageRestore: (
    place: PlaceRef,
    expected: Digest,
    backup: Uint8Array,
    context: Context,
  ) => Promise<Staged | Conflict>
  /**
   * As `stageReplace`, for places that are all in one file: it is read once and written once. Throws `Failure` when nothing of the file
   * can be staged. Absent: places are changed one by one.
   */
  readonly stageMany?: (asked: readonly ChangeAsked[], context: Context) => Promise<StagedTogether>
  /** The same for `stageRestore`. */
  readonly stageRestoreMany?: (asked: readonly RestoreAsked[], context: Context) => Promise<StagedTogether>
}

/** Proves a place over the wire, the way its consumer would use it; changes nothing. */
export interface Verifier {
  readonly verify: (place: PlaceRef, use: Use, context: Context) => Promise<Answer>
}
