/** What opening one file may cost, everything nested in it included. */
export interface ArchiveLimits {
  /** Of all members together, unpacked. */
  readonly totalBytes: number
  readonly memberBytes: number
  readonly entries: number
  /** Archives within archives; 1: only the outermost is opened. */
  readonly depth: number
  /** Unpacked bytes for each byte of the file, once `ratioFrom` bytes have been unpacked. */
  readonly ratio: number
  readonly ratioFrom: number
  readonly milliseconds: number
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  totalBytes: 1024 ** 3,
  memberBytes: 64 * 1024 ** 2,
  entries: 100_000,
  depth: 5,
  ratio: 200,
  ratioFrom: 64 * 1024 ** 2,
  milliseconds: 60_000,
}

export type LimitName = 'totalBytes' | 'memberBytes' | 'entries' | 'depth' | 'ratio' | 'milliseconds'

/** The whole file is given up: it costs too much. */
export class LimitReached extends Error {
  readonly limit: LimitName
  constructor(limit: LimitName) {
    super(limit)
    this.limit = limit
  }
}

/** What has been spent on one file. */
export class Budget {
  readonly limits: ArchiveLimits
  private readonly fileBytes: number
  private readonly now: () => number
  private readonly start: number
  private bytes = 0
  private entries = 0

  constructor(limits: ArchiveLimits, fileBytes: number, now: () => number) {
    this.limits = limits
    this.fileBytes = fileBytes
    this.now = now
    this.start = now()
  }

  /** Unpacked bytes that may still come. */
  get rest(): number {
    return this.limits.totalBytes - this.bytes
  }

  /** Throws `LimitReached`. */
  unpacked(bytes: number): void {
    this.bytes += bytes
    const { totalBytes, ratio, ratioFrom, milliseconds } = this.limits
    if (this.bytes > totalBytes) throw new LimitReached('totalBytes')
    if (this.bytes > ratioFrom && this.bytes > ratio * this.fileBytes) throw new LimitReached('ratio')
    if (this.now() - this.start > milliseconds) throw new LimitReached('milliseconds')
  }

  /** Throws `LimitReached`. */
  entry(): void {
    if (++this.entries > this.limits.entries) throw new LimitReached('entries')
    this.unpacked(0)
  }
}
