// `promises` and not `node:fs/promises`, which this stands in for.
import { constants, readFileSync, promises as real } from 'node:fs'
import {
  type DiskCall,
  type FileNode,
  type FolderNode,
  type Inode,
  type Node,
  ROOT_INODE,
  type SimulatedDisk,
} from './simulated-disk.ts'

/**
 * Stands in for `node:fs/promises` where `src/system/node-files.ts` imports it. Paths below a mounted folder are on a simulated disk;
 * all others are on the real one.
 */
const mounted = new Map<string, SimulatedDisk>()

export function mount(folder: string, disk: SimulatedDisk): void {
  mounted.set(folder, disk)
}

export function unmount(folder: string): void {
  mounted.delete(folder)
}

export function isSimulated(path: string): boolean {
  return spotOf(path) !== undefined
}

interface Spot {
  readonly disk: SimulatedDisk
  readonly parts: readonly string[]
}

function spotOf(path: string): Spot | undefined {
  for (const [folder, disk] of mounted)
    if (path === folder || path.startsWith(`${folder}/`))
      return {
        disk,
        parts: path
          .slice(folder.length)
          .split('/')
          .filter((part) => part !== ''),
      }
  return undefined
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

/** What the disk refuses with, asked before each call; `bytes` of a write. */
function refuseOr({ disk }: Pick<Spot, 'disk'>, call: DiskCall, path: string, bytes?: Uint8Array): void {
  const code = disk.fault(call, path, bytes)
  if (code !== undefined) throw failure(code, path)
}

function inodeAt({ disk, parts }: Spot): Inode | undefined {
  let inode: Inode | undefined = ROOT_INODE
  for (const part of parts) {
    const node: Node | undefined = inode === undefined ? undefined : disk.node(inode)
    inode = node?.kind === 'folder' ? node.entries.get(part) : undefined
  }
  return inode
}

function found(spot: Spot, path: string): { readonly inode: Inode; readonly node: Node } {
  const inode = inodeAt(spot)
  const node = inode === undefined ? undefined : spot.disk.node(inode)
  if (inode === undefined || node === undefined) throw failure('ENOENT', path)
  return { inode, node }
}

interface Entry {
  readonly disk: SimulatedDisk
  readonly folder: Inode
  readonly name: string
  readonly inode: Inode | undefined
}

function entryAt(spot: Spot, path: string): Entry {
  const parent = found({ ...spot, parts: spot.parts.slice(0, -1) }, path)
  if (parent.node.kind !== 'folder') throw failure('ENOTDIR', path)
  const name = spot.parts.at(-1) ?? ''
  return { disk: spot.disk, folder: parent.inode, name, inode: parent.node.entries.get(name) }
}

const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mtime: new Date(0) }

function statOf(node: Node) {
  return {
    ...OWNER,
    mode: node.mode | (node.kind === 'file' ? constants.S_IFREG : constants.S_IFDIR),
    size: node.kind === 'file' ? node.bytes.length : 0,
    isFile: () => node.kind === 'file',
    isDirectory: () => node.kind === 'folder',
    isSymbolicLink: () => false,
  }
}

type SimulatedStats = ReturnType<typeof statOf>

type FileHandle = Awaited<ReturnType<typeof real.open>>

export async function stat(path: string): Promise<SimulatedStats> {
  const spot = spotOf(path)
  return spot === undefined ? real.stat(path) : statOf(found(spot, path).node)
}

export async function lstat(path: string): Promise<SimulatedStats> {
  const spot = spotOf(path)
  return spot === undefined ? real.lstat(path) : statOf(found(spot, path).node)
}

export async function realpath(path: string): Promise<string> {
  const spot = spotOf(path)
  if (spot === undefined) return real.realpath(path)
  found(spot, path)
  return path
}

export async function readFile(path: string): Promise<Buffer> {
  const spot = spotOf(path)
  if (spot === undefined) return real.readFile(path)
  refuseOr(spot, 'read', path)
  const { node } = found(spot, path)
  if (node.kind === 'folder') throw failure('EISDIR', path)
  return Buffer.from(node.bytes)
}

/** Stands in for `src/system/read-regular.ts`. */
export function readRegular(path: string): Uint8Array {
  const spot = spotOf(path)
  if (spot === undefined) return readFileSync(path)
  refuseOr(spot, 'read', path)
  return readAll(found(spot, path).node)
}

export async function readdir(path: string): Promise<string[]> {
  const spot = spotOf(path)
  if (spot === undefined) return real.readdir(path)
  const { node } = found(spot, path)
  if (node.kind === 'file') throw failure('ENOTDIR', path)
  return [...node.entries.keys()]
}

export async function chmod(path: string, mode: number): Promise<void> {
  const spot = spotOf(path)
  if (spot === undefined) return real.chmod(path, mode)
  await spot.disk.do({ kind: 'mode', inode: found(spot, path).inode, mode })
}

export async function mkdir(path: string, options: { readonly mode: number }): Promise<void> {
  const spot = spotOf(path)
  if (spot === undefined) return real.mkdir(path, options)
  refuseOr(spot, 'make', path)
  if (spot.parts.length === 0) throw failure('EEXIST', path)
  const { folder, name, inode } = entryAt(spot, path)
  if (inode !== undefined) throw failure('EEXIST', path)
  const made: FolderNode = { kind: 'folder', entries: new Map(), mode: options.mode }
  await spot.disk.do({ kind: 'enter', folder, name, inode: spot.disk.newInode(), made })
}

export async function link(path: string, target: string): Promise<void> {
  const [from, to] = [spotOf(path), spotOf(target)]
  if (from === undefined || to === undefined) return real.link(path, target)
  refuseOr(to, 'make', target)
  const { inode: taken, folder, name } = entryAt(to, target)
  if (taken !== undefined) throw failure('EEXIST', target)
  await to.disk.do({ kind: 'enter', folder, name, inode: found(from, path).inode })
}

export async function rename(path: string, target: string): Promise<void> {
  const [from, to] = [spotOf(path), spotOf(target)]
  if (from === undefined || to === undefined) return real.rename(path, target)
  refuseOr(to, 'rename', target)
  const [old, next] = [entryAt(from, path), entryAt(to, target)]
  if (old.inode === undefined) throw failure('ENOENT', path)
  if (old.folder !== next.folder) throw new Error('only names within one folder are exchanged')
  await to.disk.do({ kind: 'rename', folder: old.folder, from: old.name, to: next.name, inode: old.inode })
}

export async function unlink(path: string): Promise<void> {
  const spot = spotOf(path)
  if (spot === undefined) return real.unlink(path)
  refuseOr(spot, 'remove', path)
  const { inode, folder, name } = entryAt(spot, path)
  if (inode === undefined) throw failure('ENOENT', path)
  await spot.disk.do({ kind: 'leave', folder, name })
}

export async function rm(path: string, options: { readonly recursive: true; readonly force: true }): Promise<void> {
  const spot = spotOf(path)
  if (spot === undefined) return real.rm(path, options)
  const inode = inodeAt(spot)
  if (inode === undefined) return
  const node = spot.disk.node(inode)
  if (node?.kind === 'folder') for (const name of node.entries.keys()) await rm(`${path}/${name}`, options)
  const { folder, name } = entryAt(spot, path)
  await spot.disk.do({ kind: 'leave', folder, name })
}

export const rmdir = async (path: string): Promise<void> =>
  spotOf(path) === undefined ? real.rmdir(path) : rm(path, { recursive: true, force: true })

export async function open(
  path: string,
  flags: string | number = 'r',
  mode = 0o666,
): Promise<SimulatedHandle | FileHandle> {
  const spot = spotOf(path)
  if (spot === undefined) return real.open(path, flags, mode)
  const bits = typeof flags === 'number' ? flags : FLAGS[flags]
  if (bits === undefined) throw new Error(`the simulated disk does not know the flags ${flags}`)
  refuseOr(spot, (bits & (O_WRONLY | O_RDWR)) === 0 ? 'read' : 'make', path)
  if (spot.parts.length === 0) return handleOf(spot.disk, ROOT_INODE, bits, path)
  const entry = entryAt(spot, path)
  if (entry.inode !== undefined && (bits & constants.O_EXCL) !== 0) throw failure('EEXIST', path)
  if (entry.inode === undefined && (bits & constants.O_CREAT) === 0) throw failure('ENOENT', path)
  const inode = entry.inode ?? (await makeFile(entry, mode))
  if ((bits & constants.O_TRUNC) !== 0) await spot.disk.do({ kind: 'resize', inode, size: 0 })
  return handleOf(spot.disk, inode, bits, path)
}

const { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY, O_RDWR, O_APPEND, O_RDONLY } = constants
const FLAGS: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  'r+': O_RDWR,
  a: O_WRONLY | O_CREAT | O_APPEND,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_EXCL,
}

async function makeFile({ disk, folder, name }: Entry, mode: number): Promise<Inode> {
  const made: FileNode = { kind: 'file', bytes: Buffer.alloc(0), mode }
  const inode = disk.newInode()
  await disk.do({ kind: 'enter', folder, name, inode, made })
  return inode
}

interface SimulatedHandle {
  writeFile(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  datasync(): Promise<void>
  chmod(mode: number): Promise<void>
  chown(uid: number, gid: number): Promise<void>
  truncate(size?: number): Promise<void>
  stat(): Promise<SimulatedStats>
  readFile(): Promise<Buffer>
  close(): Promise<void>
}

/** A write comes in two halves, so that a process can die between them. */
function handleOf(disk: SimulatedDisk, inode: Inode, flags: number, path: string): SimulatedHandle {
  const node = (): Node => {
    const present = disk.node(inode)
    if (present === undefined) throw new Error('a handle of nothing')
    return present
  }
  const size = (): number => statOf(node()).size
  let offset = (flags & O_APPEND) === 0 ? 0 : size()
  const write = async (bytes: Buffer): Promise<void> => {
    if (bytes.length === 0) return
    await disk.do({ kind: 'write', inode, at: offset, bytes })
    offset += bytes.length
  }
  return {
    writeFile: async (bytes) => {
      refuseOr({ disk }, 'write', path, bytes)
      const copy = Buffer.from(bytes)
      const half = Math.floor(copy.length / 2)
      await write(copy.subarray(0, half))
      await write(copy.subarray(half))
    },
    sync: async () => {
      refuseOr({ disk }, 'sync', path)
      await disk.do({ kind: 'sync', inode })
    },
    datasync: () => disk.do({ kind: 'sync', inode }),
    chmod: (mode) => disk.do({ kind: 'mode', inode, mode }),
    chown: async () => undefined,
    truncate: (to = 0) => disk.do({ kind: 'resize', inode, size: to }),
    stat: async () => statOf(node()),
    readFile: async () => readAll(node()),
    close: async () => undefined,
  }
}

function readAll(node: Node): Buffer {
  if (node.kind === 'folder') throw failure('EISDIR', '')
  return Buffer.from(node.bytes)
}

export const mkdtemp = real.mkdtemp
