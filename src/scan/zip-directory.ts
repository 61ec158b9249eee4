/** Bytes that can be read anywhere: of a file, or in memory. Gives fewer at the end. */
export interface ByteSource {
  readonly size: number
  read(from: number, to: number): Uint8Array
}

export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  readonly packedSize: number
  readonly headerAt: number
}

export class DamagedZip extends Error {}

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const MOST_DIRECTORY_BYTES = 64 * 1024 * 1024

/** Whether the source ends as a zip file without a comment does: programs that unpack themselves begin with something else. */
export function endsAsZip(source: ByteSource): boolean {
  return source.size >= END_BYTES && u32(source.read(source.size - END_BYTES, source.size), 0) === END
}

/** The entries that the central directory lists, as every tool reads them. Throws `DamagedZip`. */
export function* zipEntries(source: ByteSource): Generator<ZipEntry> {
  const { at, size, shift } = directoryOf(source)
  if (size > MOST_DIRECTORY_BYTES) throw new DamagedZip()
  const bytes = Buffer.from(source.read(at, at + size))
  for (let from = 0; from < bytes.length; ) {
    if (from + 46 > bytes.length || u32(bytes, from) !== CENTRAL) throw new DamagedZip()
    const [name, extra, comment] = [
      bytes.readUInt16LE(from + 28),
      bytes.readUInt16LE(from + 30),
      bytes.readUInt16LE(from + 32),
    ]
    const extraAt = from + 46 + name
    if (extraAt + extra + comment > bytes.length) throw new DamagedZip()
    const large = largeFields(bytes, from, extraAt, extraAt + extra)
    yield {
      name: bytes.toString('utf8', from + 46, extraAt),
      method: bytes.readUInt16LE(from + 10),
      isEncrypted: (bytes.readUInt16LE(from + 8) & 1) === 1,
      packedSize: large.packedSize,
      headerAt: large.headerAt + shift,
    }
    from = extraAt + extra + comment
  }
}

/** Where the packed bytes of an entry start. Throws `DamagedZip`. */
export function dataStart(source: ByteSource, { headerAt }: ZipEntry): number {
  const header = source.read(headerAt, headerAt + 30)
  if (header.length < 30 || u32(header, 0) !== LOCAL) throw new DamagedZip()
  return headerAt + 30 + u16(header, 26) + u16(header, 28)
}

interface Directory {
  readonly at: number
  readonly size: number
  /** What stands before the zip file, which its offsets do not count. */
  readonly shift: number
}

function directoryOf(source: ByteSource): Directory {
  const tailAt = Math.max(0, source.size - END_BYTES - 0xffff)
  const tail = Buffer.from(source.read(tailAt, source.size))
  for (let end = tail.length - END_BYTES; end >= 0; end--) {
    if (u32(tail, end) !== END) continue
    const [size, offset] = [u32(tail, end + 12), u32(tail, end + 16)]
    if (size === 0xffffffff || offset === 0xffffffff || u16(tail, end + 10) === 0xffff) {
      const large = largeDirectory(source, tail, end)
      if (large !== undefined) return large
    }
    const at = tailAt + end - size
    if (at >= 0) return { at, size, shift: Math.max(0, at - offset) }
  }
  throw new DamagedZip()
}

function largeDirectory(source: ByteSource, tail: Buffer, end: number): Directory | undefined {
  if (end < 20 || u32(tail, end - 20) !== LOCATOR_64) return undefined
  const at = Number(tail.readBigUInt64LE(end - 12))
  const record = Buffer.from(source.read(at, at + 56))
  if (record.length < 56 || u32(record, 0) !== END_64) return undefined
  return { at: Number(record.readBigUInt64LE(48)), size: Number(record.readBigUInt64LE(40)), shift: 0 }
}

/** Sizes of 4 GiB and more stand in an extra field (APPNOTE 4.5.3), in this order, each only where the short one is full. */
function largeFields(
  bytes: Buffer,
  from: number,
  extraAt: number,
  extraEnd: number,
): { readonly packedSize: number; readonly headerAt: number } {
  const short = [u32(bytes, from + 24), u32(bytes, from + 20), u32(bytes, from + 42)]
  for (let at = extraAt; at + 4 <= extraEnd; at += 4 + u16(bytes, at + 2)) {
    if (u16(bytes, at) !== 1) continue
    let next = at + 4
    for (const [number, value] of short.entries()) {
      if (value !== 0xffffffff || next + 8 > extraEnd) continue
      short[number] = Number(bytes.readBigUInt64LE(next))
      next += 8
    }
  }
  return { packedSize: short[1] ?? 0, headerAt: short[2] ?? 0 }
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + u16(bytes, at + 2) * 0x10000
}
