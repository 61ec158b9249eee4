/** Number of a file or folder, whatever its names are. */
export type Inode = number

export interface FileNode {
  readonly kind: 'file'
  readonly bytes: Buffer
  readonly mode: number
}

export interface FolderNode {
  readonly kind: 'folder'
  readonly entries: ReadonlyMap<string, Inode>
  readonly mode: number
}

export type Node = FileNode | FolderNode
export type Tree = ReadonlyMap<Inode, Node>

/** One change of the disk, or one order to make earlier changes of an inode durable. */
export type DiskOperation =
  | {
      readonly kind: 'enter'
      readonly folder: Inode
      readonly name: string
      readonly inode: Inode
      readonly made?: Node
    }
  | { readonly kind: 'leave'; readonly folder: Inode; readonly name: string }
  | {
      readonly kind: 'rename'
      readonly folder: Inode
      readonly from: string
      readonly to: string
      readonly inode: Inode
    }
  | { readonly kind: 'write'; readonly inode: Inode; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'resize'; readonly inode: Inode; readonly size: number }
  | { readonly kind: 'mode'; readonly inode: Inode; readonly mode: number }
  | { readonly kind: 'sync'; readonly inode: Inode }

/** What became of an operation: all of it, nothing, or, of a write, the bytes `[from, to)`; the others then read as zeros. */
export type Fate = 'kept' | 'lost' | { readonly from: number; readonly to: number }

export const ROOT_INODE: Inode = 0

export function emptyTree(): Tree {
  return new Map([[ROOT_INODE, { kind: 'folder', entries: new Map(), mode: 0o700 }]])
}

/** The inode that an operation changes: what has to be synced to make it durable. POSIX promises no more. */
export function changedBy(operation: DiskOperation): Inode {
  return 'folder' in operation ? operation.folder : operation.inode
}

/** Applies one operation in place; one whose inode or name is not there (because an earlier one was lost) does nothing. */
export function perform(tree: Map<Inode, Node>, operation: DiskOperation, fate: Fate = 'kept'): void {
  if (operation.kind === 'enter' && operation.made !== undefined && !tree.has(operation.inode))
    tree.set(operation.inode, operation.made)
  if (fate === 'lost' || operation.kind === 'sync') return
  if ('folder' in operation) changeFolder(tree, operation)
  else changeInode(tree, operation, fate)
}

function changeInode(
  tree: Map<Inode, Node>,
  operation: Extract<DiskOperation, { readonly kind: 'write' | 'resize' | 'mode' }>,
  fate: Exclude<Fate, 'lost'>,
): void {
  const node = tree.get(operation.inode)
  if (node === undefined) return
  if (operation.kind === 'mode') tree.set(operation.inode, { ...node, mode: operation.mode })
  else if (node.kind === 'file')
    tree.set(operation.inode, { ...node, bytes: changedBytes(node.bytes, operation, fate) })
}

function changeFolder(tree: Map<Inode, Node>, operation: Extract<DiskOperation, { readonly folder: Inode }>): void {
  const folder = tree.get(operation.folder)
  if (folder?.kind !== 'folder') return
  const entries = new Map(folder.entries)
  if (operation.kind === 'enter') entries.set(operation.name, operation.inode)
  else if (operation.kind === 'leave') entries.delete(operation.name)
  else moveEntry(entries, operation)
  tree.set(operation.folder, { ...folder, entries })
}

/** Both names at once, also where the old one was never written: the new one leads to the inode. */
function moveEntry(
  entries: Map<string, Inode>,
  { from, to, inode }: Extract<DiskOperation, { readonly kind: 'rename' }>,
): void {
  entries.delete(from)
  entries.set(to, inode)
}

function changedBytes(
  bytes: Buffer,
  operation: Extract<DiskOperation, { readonly kind: 'write' | 'resize' }>,
  fate: Exclude<Fate, 'lost'>,
): Buffer {
  if (operation.kind === 'resize')
    return Buffer.concat([bytes.subarray(0, operation.size), Buffer.alloc(Math.max(0, operation.size - bytes.length))])
  const { at } = operation
  const part = fate === 'kept' ? { from: 0, to: operation.bytes.length } : fate
  const next = Buffer.alloc(Math.max(bytes.length, at + part.to))
  bytes.copy(next)
  operation.bytes.copy(next, at + part.from, part.from, part.to)
  return next
}

/** What a program asks of a disk. `make`: a file, a folder or a name, also to open a file for writing. */
export type DiskCall = 'read' | 'make' | 'write' | 'sync' | 'rename' | 'remove'

/** A disk with a record of all that was done to it, so that it can be looked at as it was at any moment. */
export class SimulatedDisk {
  readonly #start: Tree
  readonly #now: Map<Inode, Node>
  readonly #operations: DiskOperation[] = []
  #lastInode: Inode
  /** Asked before each operation; a promise that never ends is a process that was killed there. */
  before: (operation: DiskOperation, number: number) => Promise<void> | undefined = () => undefined

  /** Asked before each call: the name of the error that it ends with, `ENOSPC`. */
  fault: (call: DiskCall, path: string, bytes?: Uint8Array) => string | undefined = () => undefined

  constructor(start: Tree = emptyTree()) {
    this.#start = start
    this.#now = new Map(start)
    this.#lastInode = Math.max(...start.keys())
  }

  get operations(): readonly DiskOperation[] {
    return this.#operations
  }

  get tree(): Tree {
    return this.#now
  }

  newInode(): Inode {
    return ++this.#lastInode
  }

  node(inode: Inode): Node | undefined {
    return this.#now.get(inode)
  }

  async do(operation: DiskOperation): Promise<void> {
    const wait = this.before(operation, this.#operations.length)
    if (wait !== undefined) await wait
    perform(this.#now, operation)
    this.#operations.push(operation)
  }

  /** As it was before operation `count`, when a process dies and the machine goes on. */
  at(count: number): Tree {
    return this.#replayed(count, () => 'kept')
  }

  /** As it comes back after the power went off before operation `count`. */
  after(count: number, fate: (operation: DiskOperation, number: number) => Fate): Tree {
    return this.#replayed(count, fate)
  }

  #replayed(count: number, fate: (operation: DiskOperation, number: number) => Fate): Tree {
    const tree = new Map(this.#start)
    for (const [number, operation] of this.#operations.slice(0, count).entries())
      perform(tree, operation, fate(operation, number))
    return tree
  }
}

/** Every file by its path below the root, without a slash in front. */
export function filesOf(tree: Tree, folder: Inode = ROOT_INODE, prefix = ''): ReadonlyMap<string, FileNode> {
  const files = new Map<string, FileNode>()
  const node = tree.get(folder)
  if (node?.kind !== 'folder') return files
  for (const [name, inode] of node.entries) {
    const child = tree.get(inode)
    if (child?.kind === 'file') files.set(`${prefix}${name}`, child)
    else for (const [path, file] of filesOf(tree, inode, `${prefix}${name}/`)) files.set(path, file)
  }
  return files
}
