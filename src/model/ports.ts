import type { BuildsAllowed } from './builds-allowed.ts'
import type { Digest } from './plan.ts'
import type { Seal } from './secret.ts'

/** The doors to the outside. Implementations are in `src/system/`; everything else takes them as values. */
export interface System {
  readonly files: Files
  readonly http: Http
  readonly processes: Processes
  readonly clock: Clock
  readonly random: Randomness
}

export interface FileEntry {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Bytes. */
  readonly size: number
  readonly mode: number
  readonly modifiedAt: Date
  /** How many names it has (hard links), where that was asked for. */
  readonly names?: number
}

/** Every method throws `Failure` R101 (missing), R102 (unreadable), R103 (unwritable) or R105 (no space) with `at` = the path. */
export interface Files {
  read(path: string): Promise<Uint8Array>
  /** Does not follow a symbolic link. Absent: `undefined`. */
  entry(path: string): Promise<FileEntry | undefined>
  list(folder: string): Promise<readonly FileEntry[]>
  /** Target of a symbolic link, fully resolved. */
  resolve(path: string): Promise<string>
  /**
   * The one write path: same-directory temporary file, fsync, rename, directory fsync; owner, mode and lists of access kept, links resolved.
   * Nothing is written unless the file's present bytes equal `expected` (`absent`: the file must not exist; `mode` then applies).
   */
  replace(
    path: string,
    expected: Uint8Array | 'absent',
    next: Uint8Array,
    mode?: number,
  ): Promise<'replaced' | 'changed meanwhile'>
  /** Makes `replace` of many files faster; real paths. */
  lookAhead(paths: readonly string[]): Promise<void>
  /** Appends and fsyncs to a file of `held` bytes; creates one (mode 0600) where that is none. With any other size nothing is written. */
  append(path: string, bytes: Uint8Array, held: number): Promise<'appended' | 'changed meanwhile'>
  /** Creates the folder and its parents with mode 0700. */
  makeFolder(path: string): Promise<void>
  /**
   * Creates a file that must not exist yet (mode 0600), fsynced. `false`: it exists. Pieces may be asked for more than once: where a sweep
   * took what was half written, it is written again.
   */
  create(path: string, bytes: Uint8Array | Iterable<Uint8Array>): Promise<boolean>
  remove(path: string): Promise<void>
  /**
   * Overwrites the bytes of a regular file with others, fsyncs, and removes it. What else the file system or the device keeps of the old
   * bytes (a journal, snapshots, spare blocks of flash) is out of reach.
   */
  shred(path: string): Promise<void>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** `body` holds at most 8 MiB. Header names are lower case; several values are joined with `, `, `set-cookie` with a line feed. */
export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Never follows a redirect. Throws `NetworkError` when there is no reply. */
export interface Http {
  send(request: HttpRequest): Promise<HttpReply>
}

export type NetworkReason = 'timed out' | 'no such host' | 'refused' | 'certificate' | 'aborted' | 'other'

export class NetworkError extends Error {
  readonly reason: NetworkReason
  constructor(reason: NetworkReason, detail: string) {
    super(detail)
    this.name = 'NetworkError'
    this.reason = reason
  }
}

export interface ProcessRequest {
  readonly command: string
  /** Never a secret: arguments are world-readable. */
  readonly args: readonly string[]
  readonly folder?: string
  /** The whole environment of the child. Start from `Processes.environment()`. */
  readonly environment: Readonly<Record<string, string>>
  readonly input?: string
  readonly timeoutMs?: number
}

export interface ProcessResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface Processes {
  /** Throws `Failure` R107 when the command does not exist. A time-out ends the child with all it has started, and gives exit code 124. */
  run(request: ProcessRequest): Promise<ProcessResult>
  /** This process' environment without what could hold a secret of keyturn's own. */
  environment(): Readonly<Record<string, string>>
  /** This process' id, and whether a process of that id runs on this machine. */
  readonly ownId: number
  isRunning(id: number): boolean
  /** Name of this machine. */
  readonly host: string
  /** Who runs this process, and in which folder. */
  readonly user: string
  readonly folder: string
}

export interface Clock {
  now(): Date
  sleep(ms: number): Promise<void>
}

export interface Randomness {
  bytes(count: number): Uint8Array
}

/** Login for a controller that the user named. `baseUrl` ends without a slash. */
export interface ControllerLogin {
  readonly baseUrl: string
  readonly user: string
  readonly apiToken: import('./secret.ts').Secret
}

/** What connectors, verifiers and the vault get: the outside, and this installation's keys as functions. */
export interface Context {
  readonly system: System
  readonly seal: Seal
  /** Keyed digest of bytes. */
  readonly digest: (bytes: Uint8Array) => Digest
  readonly logins: readonly ControllerLogin[]
  /** What the user gave to open what is encrypted, by the name under which detectors ask for it (`Detector.companions`): `given:...`. */
  readonly given?: ReadonlyMap<string, Uint8Array>
  /** Absent: nothing is built for a proof. */
  readonly builds?: BuildsAllowed
}
