import { createHash, type Hash } from 'node:crypto'
import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'

/** Tells one state of everything below some folders from another. */
export interface TreeState {
  /** Hex. */
  readonly digest: string
  /** When the last of it changed, in milliseconds since 1970. */
  readonly changedMs: number
}

/** What the kernel makes up. */
const NOT_ON_DISK: ReadonlySet<string> = new Set(['/proc', '/sys', '/dev'])
/** Above a folder these decide whether it lies in a repository, and what opens the secrets of a Jenkins home. */
const KINDS_ABOVE = ['.git', 'HEAD', 'config', 'objects', 'refs']
const FILES_ABOVE = ['secrets', 'secrets/master.key', 'secrets/hudson.util.Secret']

/**
 * Names, sizes, times, inodes, owners and permissions of every file and folder, hidden ones too, and where links lead; no file is
 * opened. `undefined`: a name cannot be told apart from another, so no state can.
 */
export function treeState(roots: readonly string[]): TreeState | undefined {
  const reading: Reading = { hash: createHash('sha256'), parts: [], changedMs: 0, isTold: true }
  for (const root of roots) {
    const real = realPath(root)
    add(reading, `root ${real}`)
    addEntry(reading, real, real)
    for (let above = dirname(real); ; above = dirname(above)) {
      for (const name of KINDS_ABOVE) add(reading, `${name} ${kindOf(stateOf(join(above, name)))}`)
      for (const name of FILES_ABOVE) addState(reading, name, stateOf(join(above, name)))
      if (above === dirname(above)) break
    }
  }
  reading.hash.update(reading.parts.join('\0'))
  return reading.isTold ? { digest: reading.hash.digest('hex'), changedMs: reading.changedMs } : undefined
}

interface Reading {
  readonly hash: Hash
  parts: string[]
  changedMs: number
  isTold: boolean
}

const PARTS_AT_ONCE = 4096

function add(reading: Reading, text: string): void {
  if (reading.parts.push(text) < PARTS_AT_ONCE) return
  reading.hash.update(`${reading.parts.join('\0')}\0`)
  reading.parts = []
}

function addEntry(reading: Reading, path: string, name: string): void {
  // Bytes that are no UTF-8 became this one, whatever they are.
  if (name.includes('\ufffd')) reading.isTold = false
  const state = stateOf(path)
  addState(reading, name, state)
  if (typeof state === 'string') return
  if (state.isSymbolicLink()) addLink(reading, path)
  else if (state.isDirectory() && !NOT_ON_DISK.has(path)) addFolder(reading, path)
}

function addState(reading: Reading, name: string, state: Stats | string): void {
  if (typeof state === 'string') {
    add(reading, `${name} ${state}`)
    return
  }
  const { size, mtimeMs, ctimeMs, ino, dev, mode, uid, gid } = state
  if (mtimeMs > reading.changedMs) reading.changedMs = mtimeMs
  if (ctimeMs > reading.changedMs) reading.changedMs = ctimeMs
  add(reading, `${name} ${size} ${mtimeMs} ${ctimeMs} ${ino} ${dev} ${mode} ${uid} ${gid}`)
}

/** A link may lead out of the folders, to what is not looked at otherwise. */
function addLink(reading: Reading, path: string): void {
  const real = realPath(path)
  add(reading, `${linkText(path)} ${real} ${kindOf(stateOf(real))}`)
}

function addFolder(reading: Reading, path: string): void {
  const prefix = path === '/' ? '/' : `${path}/`
  for (const name of namesIn(path, reading).sort()) addEntry(reading, prefix + name, name)
  // Folders end with a mark, so that what lies in them and what stands behind them differ.
  add(reading, '/')
}

function namesIn(path: string, reading: Reading): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    add(reading, codeOf(error))
    return []
  }
}

function stateOf(path: string): Stats | string {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? 'ENOENT'
  } catch (error) {
    return codeOf(error)
  }
}

function linkText(path: string): string {
  try {
    return readlinkSync(path)
  } catch (error) {
    return codeOf(error)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    return codeOf(error)
  }
}

function kindOf(state: Stats | string): string {
  return typeof state === 'string' ? state : String(state.mode & 0o170000)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error'
}
