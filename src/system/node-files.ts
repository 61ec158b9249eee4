import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ErrorCode, Failure } from '../model/failure.ts'
import type { FileEntry, Files } from '../model/ports.ts'
import { type AttributeKeeper, attributeKeeper } from './file-attributes.ts'
import { readRegular } from './read-regular.ts'

const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700
/** How often a temporary file may be swept away by commands that begin meanwhile. */
const SWEPT_AT_MOST = 30

/** Files on the local disk. The only writer of files in the product. */
export function nodeFiles(): Files {
  const attributes = attributeKeeper()
  return {
    read,
    entry,
    list,
    resolve,
    replace: (path, expected, next, mode) => replace(attributes, path, expected, next, mode),
    lookAhead: attributes.lookAhead,
    append,
    makeFolder,
    create: (path, bytes) => create(path, bytes),
    remove,
    shred,
  }
}

/** In one go: a plan reads ten thousands of small files, and a promise for each step of each took most of its time. */
async function read(path: string): Promise<Uint8Array> {
  try {
    return readRegular(path)
  } catch (error) {
    return refused('reading', path)(error)
  }
}

async function entry(path: string): Promise<FileEntry | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    return refused('reading', path)(error)
  })
  return found === undefined
    ? undefined
    : {
        path,
        kind: kindOf(found),
        size: found.size,
        mode: found.mode & 0o7777,
        modifiedAt: found.mtime,
        names: found.nlink,
      }
}

async function list(folder: string): Promise<readonly FileEntry[]> {
  const names = await readdir(folder).catch(refused('reading', folder))
  const entries = await Promise.all(names.sort().map((name) => entry(join(folder, name))))
  return entries.filter((found) => found !== undefined)
}

function resolve(path: string): Promise<string> {
  return realpath(path).catch(refused('reading', path))
}

async function replace(
  attributes: AttributeKeeper,
  path: string,
  expected: Uint8Array | 'absent',
  next: Uint8Array,
  mode = PRIVATE_FILE,
): Promise<'replaced' | 'changed meanwhile'> {
  // Of two that found no file one succeeds: to look and to rename then are two moments.
  if (expected === 'absent') return (await create(path, next, mode)) ? 'replaced' : 'changed meanwhile'
  const target = await resolve(path)
  const present = await stat(target).catch(() => undefined)
  if (present === undefined) return 'changed meanwhile'
  const temporary = temporaryName(target)
  try {
    await writeDurably(temporary, next, likenessOf(target, present, attributes))
    // Read in one go, so that nothing of this process comes between what is compared and the rename.
    if (!Buffer.from(readRegular(target)).equals(expected)) {
      await unlink(temporary)
      return 'changed meanwhile'
    }
    await rename(temporary, target)
    await syncFolder(dirname(target))
    attributes.written(target, present.ctimeMs, (await stat(target)).ctimeMs)
    return 'replaced'
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    return refused('replacing', target)(error)
  }
}

/** What a new file has of the one in whose place it comes. */
interface Likeness {
  readonly mode: number
  readonly uid?: number
  readonly gid?: number
  /** Gives the file at a path what else there is. */
  readonly keepRest?: (path: string) => Promise<void>
}

function likenessOf(target: string, { mode, uid, gid, ctimeMs }: Stats, attributes: AttributeKeeper): Likeness {
  return { mode: mode & 0o7777, uid, gid, keepRest: (path) => attributes.keep(target, ctimeMs, path) }
}

/** Owner, mode and lists of access are set before any byte is written, so that the content is never readable by others. */
async function writeDurably(path: string, bytes: Uint8Array | Iterable<Uint8Array>, as: Likeness): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, PRIVATE_FILE)
  try {
    if (as.uid !== undefined && as.gid !== undefined) await keepOwner(file, as.uid, as.gid)
    if (as.keepRest !== undefined) {
      await as.keepRest(path)
      await file.truncate(0)
    }
    for (const each of bytes instanceof Uint8Array ? [bytes] : bytes) await file.writeFile(each)
    await file.chmod(as.mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A file that changes hands would lock its consumer out: a refused chown is a failure, not a warning. */
async function keepOwner(file: FileHandle, uid: number, gid: number): Promise<void> {
  const made = await file.stat()
  if (made.uid === uid && made.gid === gid) return
  await file.chown(uid, gid).catch((error: unknown) => {
    throw codeOf(error) === 'EPERM' ? Object.assign(new Error('owner'), { code: OWNED_BY_OTHER }) : error
  })
}

async function append(path: string, bytes: Uint8Array, held: number): Promise<'appended' | 'changed meanwhile'> {
  try {
    const isNew = (await entry(path)) === undefined
    if (isNew && held > 0) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
    const file = await open(path, 'a', PRIVATE_FILE)
    try {
      if ((await file.stat()).size !== held) return 'changed meanwhile'
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    if (isNew) await syncFolder(dirname(path))
    return 'appended'
  } catch (error) {
    return refused('writing', path)(error)
  }
}

async function makeFolder(path: string): Promise<void> {
  const isNew = await makeFolders(path).catch(refused('writing', path))
  if (isNew) await chmod(path, PRIVATE_FOLDER).catch(refused('writing', path))
  await syncNameOf(path).catch(refused('writing', path))
}

/** Whether it was made now. `recursive` of Node's mkdir never ends below a folder that takes no new name and says that it is missing: `/proc`. */
async function makeFolders(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: PRIVATE_FOLDER })
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT' && (await entry(path)) !== undefined && (await stat(path)).isDirectory()) return false
    const above = dirname(path)
    if (code !== 'ENOENT' || above === path || (await entry(above)) !== undefined) throw error
    await makeFolders(above)
    return makeFolders(path)
  }
}

/**
 * A folder that was synced is lost all the same when the name that leads to it was not. Every folder above is synced as long as it is
 * this user's own, also where nothing was made now: whoever made it may have been killed before this. The name of the last of them stands
 * in a folder of somebody else.
 */
async function syncNameOf(path: string): Promise<void> {
  const { uid } = await stat(path)
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const isOwn = (await stat(folder)).uid === uid
    await syncFolder(folder)
    if (!isOwn || folder === dirname(folder)) return
  }
}

/**
 * Written whole beside its name and then linked there, so that nobody ever reads half of it, and only one process wins. Another process
 * that clears up after a crash may take the temporary file for a left over one: then it is written again.
 */
async function create(
  path: string,
  bytes: Uint8Array | Iterable<Uint8Array>,
  mode = PRIVATE_FILE,
  attempts = SWEPT_AT_MOST,
): Promise<boolean> {
  const temporary = temporaryName(path)
  try {
    await writeDurably(temporary, bytes, { mode })
    await link(temporary, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (codeOf(error) === 'ENOENT' && attempts > 1 && (await entry(dirname(path))) !== undefined)
      return create(path, bytes, mode, attempts - 1)
    return refused('writing', path)(error)
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.keyturn-${randomBytes(6).toString('hex')}`)
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') return refused('writing', path)(error)
  })
}

/** A file that is only removed leaves its blocks as they are. A link, or what is no file, is never written through. */
async function shred(path: string): Promise<void> {
  try {
    const found = await lstat(path)
    if (!found.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' })
    const file = await open(path, 'r+')
    try {
      await file.writeFile(randomBytes(found.size))
      await file.sync()
    } finally {
      await file.close()
    }
    await unlink(path)
    await syncFolder(dirname(path))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') await refused('writing', path)(error)
  }
}

/** What only a folder answers that this user may not list, and a file system that syncs no folders. */
const NOT_SYNCED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EINVAL', 'EBADF', 'ENOTSUP'])

/**
 * The change itself is done by then, and to call it refused would be untrue; so a folder that cannot be synced is left to the file system, as
 * PostgreSQL does it (fsync_fname_ext). A disk that fails is a failure.
 */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!NOT_SYNCED.has(codeOf(error))) throw error
  }
}

function kindOf(found: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileEntry['kind'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

const OWNED_BY_OTHER = 'of another owner'

const WORDS: Readonly<Record<string, string>> = {
  [OWNED_BY_OTHER]: 'it belongs to another user or group, and a file of this user in its place would not',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EINVAL: 'not a regular file',
  EBUSY: 'it is in use, or something is mounted there',
  EISDIR: 'it is a folder',
  EIO: 'the device reported an error',
  ENOTDIR: 'a part of its path is a file and no folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long for the file system',
  EMFILE: 'too many files are open',
}

/** What an operation leaves behind when it is refused. */
const LEFT_BEHIND = {
  reading: 'Nothing was changed.',
  replacing: 'The file keeps its old content.',
  writing: 'Nothing was written.',
}

const ADVICE: Partial<Record<ErrorCode, string>> = {
  R101: 'Check the path, then repeat the command.',
  R102: 'Make it readable for this user, then repeat the command.',
  R103: 'Make it writable for this user, then repeat the command.',
  R105: 'Make room on the device, then repeat the command.',
}

/** Whoever names a folder means a file in it, or another path: to remove the folder is no way on. */
const ADVICE_BY_CAUSE: Readonly<Record<string, string>> = {
  EINVAL: 'Put a regular file in its place, or remove it, then repeat the command.',
  EISDIR: 'A file is wanted there: check the path, then repeat the command.',
  [OWNED_BY_OTHER]: 'Repeat the command as the user that it belongs to, or as root.',
}

function refused(act: keyof typeof LEFT_BEHIND, path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Failure) throw error
    const system = codeOf(error)
    const code = codeFor(system, act)
    const because =
      system === 'ENOENT' ? 'it does not exist' : (WORDS[system] ?? (system === '' ? 'the operation failed' : system))
    const advice = ADVICE_BY_CAUSE[system] ?? ADVICE[code]
    throw new Failure(code, {
      at: path,
      because,
      state: LEFT_BEHIND[act],
      ...(advice === undefined ? {} : { next: [advice] }),
      cause: error,
    })
  }
}

function codeFor(system: string, act: keyof typeof LEFT_BEHIND): ErrorCode {
  if (system === 'ENOENT') return 'R101'
  if (system === 'ENOSPC' || system === 'EDQUOT') return 'R105'
  return act === 'reading' ? 'R102' : 'R103'
}
