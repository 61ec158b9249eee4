import { type Inode, type Node, ROOT_INODE, SimulatedDisk, type Tree } from './simulated-disk.ts'

/** A disk on which these files lie and have always lain; paths are relative to its root. */
export function diskOf(files: ReadonlyMap<string, Uint8Array>): SimulatedDisk {
  return new SimulatedDisk(treeOf(files))
}

export function treeOf(files: ReadonlyMap<string, Uint8Array>): Tree {
  const tree = new Map<Inode, Node>()
  const folders = new Map<string, Map<string, Inode>>([['', new Map()]])
  const inodes = new Map<string, Inode>([['', ROOT_INODE]])
  const folderAt = (path: string): Map<string, Inode> => {
    const known = folders.get(path)
    if (known !== undefined) return known
    const made = new Map<string, Inode>()
    folders.set(path, made)
    inodes.set(path, inodes.size)
    return made
  }
  const enter = (path: string, inode: Inode): void => {
    const cut = path.lastIndexOf('/')
    const parent = cut < 0 ? '' : path.slice(0, cut)
    const isNew = !folders.has(parent)
    folderAt(parent).set(path.slice(cut + 1), inode)
    if (isNew) enter(parent, inodes.get(parent) ?? ROOT_INODE)
  }
  for (const [path, bytes] of files) {
    const inode = inodes.size
    inodes.set(`${path}\0file`, inode)
    tree.set(inode, { kind: 'file', bytes: Buffer.from(bytes), mode: 0o600 })
    enter(path, inode)
  }
  for (const [path, entries] of folders)
    tree.set(inodes.get(path) ?? ROOT_INODE, { kind: 'folder', entries, mode: 0o700 })
  return tree
}
