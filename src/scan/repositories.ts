import { basename, dirname, join } from 'node:path'
import { openObjectStore } from '../system/git-store.ts'
import { isInside, report, type Search } from './search.ts'

/** A repository whose history is searched. */
export interface MetRepository {
  readonly path: string
  /** Folders of objects that it borrows from outside of the scanned folders: nobody looks there. */
  readonly leftOut: readonly string[]
}

/** A file of this name leads from a worktree or submodule to its repository. */
export const GIT_FILE = '.git'

/**
 * The repositories inside the scanned folders. What a worktree, a submodule or a borrowed store leads to outside of them is not
 * read, and is said not to be: whoever wants it names it.
 */
export async function repositoriesMet(search: Search): Promise<readonly MetRepository[]> {
  const met: MetRepository[] = []
  for (const path of search.candidates) {
    if (basename(path) === GIT_FILE) await reportElsewhere(path, search)
    else if (basename(path) === 'config' && (await isRepository(dirname(path), search))) {
      const repository = await opened(dirname(path), search)
      if (repository !== undefined) met.push(repository)
    }
  }
  await reportEnclosing(search)
  return met
}

/** A repository, bare or not, has a file `config`, whose name is wanted; git itself asks for the other three. */
async function isRepository(folder: string, { context }: Search): Promise<boolean> {
  const { files } = context.system
  const parts = ['HEAD', 'objects', 'refs'].map((name) => files.entry(join(folder, name)).catch(() => undefined))
  return (await Promise.all(parts)).every((part) => part !== undefined)
}

async function opened(path: string, search: Search): Promise<MetRepository | undefined> {
  const store = openObjectStore(path)
  if (store === undefined) return { path, leftOut: [] }
  const own = await outsiders([store.commonFolder, join(store.commonFolder, 'objects')], search)
  if (own[0] !== undefined) {
    reportOutside(path, `its objects are in ${own[0]}`, search)
    return undefined
  }
  const stores = [...store.objectFolders, ...store.objectFolders.map((folder) => join(folder, 'pack'))]
  const leftOut = await outsiders(stores, search)
  for (const folder of new Set(leftOut.map((one) => one.replace(/\/pack$/, ''))))
    reportOutside(path, `it borrows objects from ${folder}`, search)
  return { path, leftOut }
}

/** What is not there leads nowhere, and is told by whoever reads it. */
async function outsiders(folders: readonly string[], search: Search): Promise<readonly string[]> {
  const real = folders.map((folder) => search.context.system.files.resolve(folder).catch(() => undefined))
  const found = await Promise.all(real)
  return folders.filter((_, index) => {
    const folder = found[index]
    return folder !== undefined && !isInside(folder, search)
  })
}

async function reportElsewhere(path: string, search: Search): Promise<void> {
  const store = openObjectStore(dirname(path))
  if (store === undefined) {
    report(search, { at: path, reason: 'unreadable', detail: 'its history: it leads to no repository' })
    return
  }
  const [outside] = await outsiders([store.commonFolder], search)
  if (outside !== undefined) reportOutside(path, `its repository is ${outside}`, search)
}

/** A folder inside a working folder has a history too, and its repository lies above. */
async function reportEnclosing(search: Search): Promise<void> {
  const looked = new Set<string>()
  for (const root of search.area.roots) {
    if (openObjectStore(root) !== undefined) continue
    for (let at = dirname(root); !looked.has(at); at = dirname(at)) {
      looked.add(at)
      const store = openObjectStore(at)
      if (store === undefined) continue
      if (!isInside(at, search)) reportOutside(at, 'a scanned folder lies in it', search)
      break
    }
  }
}

function reportOutside(at: string, why: string, search: Search): void {
  const detail = `its history was not read: ${why}, outside of the scanned folders; scan that folder too`
  report(search, { at, reason: 'unreadable', detail })
}
