import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** Where a repository keeps its objects. Found by reading files; no program runs, and no setting of the repository takes effect. */
export interface ObjectStore {
  readonly gitFolder: string
  /** Shared by all worktrees. */
  readonly commonFolder: string
  /** The repository's own folder first, then its alternates. */
  readonly objectFolders: readonly string[]
  /** 20: SHA-1; 32: SHA-256. */
  readonly hashBytes: 20 | 32
  /** Parts of the history that are not on this disk. */
  readonly isShallow: boolean
  readonly isPartial: boolean
  /** Alternates that cannot be read. */
  readonly absent: readonly string[]
}

/** `undefined`: `folder` is no repository, nor the worktree of one. Folders above are not looked at. */
export function openObjectStore(folder: string): ObjectStore | undefined {
  const gitFolder = gitFolderOf(resolve(folder))
  if (gitFolder === undefined) return undefined
  const common = textOf(join(gitFolder, 'commondir'))?.trim()
  const commonFolder = common === undefined ? gitFolder : resolve(gitFolder, common)
  const own = join(commonFolder, 'objects')
  if (!isFolder(own)) return undefined
  const { folders, absent } = withAlternates(own)
  const config = textOf(join(commonFolder, 'config')) ?? ''
  return {
    gitFolder,
    commonFolder,
    objectFolders: folders,
    absent,
    hashBytes: /^\s*objectformat\s*=\s*"?sha256\b/im.test(config) ? 32 : 20,
    isShallow: textOf(join(commonFolder, 'shallow')) !== undefined,
    isPartial: /^\s*(partialclone|promisor)\s*=/im.test(config),
  }
}

function gitFolderOf(folder: string): string | undefined {
  for (const candidate of [join(folder, '.git'), folder]) {
    if (isFolder(candidate)) {
      if (textOf(join(candidate, 'HEAD')) !== undefined && isFolderWithObjects(candidate)) return candidate
      continue
    }
    const [, target] = /^gitdir: (.+?)\r?\n?$/.exec(textOf(candidate) ?? '') ?? []
    if (target !== undefined) return resolve(dirname(candidate), target)
  }
  return undefined
}

function isFolderWithObjects(folder: string): boolean {
  return isFolder(join(folder, 'objects')) || textOf(join(folder, 'commondir')) !== undefined
}

/** Git itself follows five levels. */
const ALTERNATE_DEPTH = 5

function withAlternates(own: string): { readonly folders: readonly string[]; readonly absent: readonly string[] } {
  const folders = new Set<string>([own])
  const absent = new Set<string>()
  const visit = (folder: string, depth: number): void => {
    for (const line of (textOf(join(folder, 'info', 'alternates')) ?? '').split('\n')) {
      if (line === '' || line.startsWith('#')) continue
      const target = resolve(folder, line)
      if (!isFolder(target)) absent.add(target)
      else if (!folders.has(target) && depth < ALTERNATE_DEPTH) {
        folders.add(target)
        visit(target, depth + 1)
      }
    }
  }
  visit(own, 0)
  return { folders: [...folders], absent: [...absent] }
}

export interface PackName {
  /** Absolute path without `.pack` and `.idx`. */
  readonly path: string
  /** Changes when the pack does: its name, size, time and file. */
  readonly identity: string
}

/** Packs that have an index. Git ignores others too: they are being written, or left over from a crash. */
export function packsIn(objectFolder: string, onUnread: OnUnread): readonly PackName[] {
  const names = namesIn(join(objectFolder, 'pack'), onUnread)
  const indexes = new Set(names.filter((name) => name.endsWith('.idx')))
  return names
    .filter((name) => name.endsWith('.pack') && indexes.has(name.replace(/\.pack$/, '.idx')))
    .sort()
    .flatMap((name) => {
      const path = join(objectFolder, 'pack', name)
      const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
      if (found === undefined) return []
      if (!found.isFile()) {
        onUnread(path, new Error('it is no regular file'))
        return []
      }
      const identity = [basename(path), found.size, found.mtimeNs, found.ino].join(' ')
      return [{ path: path.slice(0, -'.pack'.length), identity }]
    })
}

/** Object ids of the files below `objects/00` to `objects/ff`, in order. */
export function looseIn(objectFolder: string, hashBytes: number, onUnread: OnUnread): readonly string[] {
  const rest = new RegExp(`^[0-9a-f]{${2 * hashBytes - 2}}$`)
  return namesIn(objectFolder, onUnread)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .sort()
    .flatMap((start) =>
      namesIn(join(objectFolder, start), onUnread)
        .filter((name) => rest.test(name))
        .map((name) => start + name),
    )
}

export function loosePath(objectFolder: string, oid: string): string {
  return join(objectFolder, oid.slice(0, 2), oid.slice(2))
}

/** What is in such a folder was not looked at. */
export type OnUnread = (folder: string, error: unknown) => void

/** A folder that is absent is empty. */
function namesIn(folder: string, onUnread: OnUnread): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) onUnread(folder, error)
    return []
  }
}

/** A FIFO of that name would block for ever. */
function textOf(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
