import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { foldersOf, keyOf } from '../system/installation.ts'
import { type SealedTexts, sealedTexts } from '../system/sealed-text.ts'
import { surroundings } from '../system/surroundings.ts'
import { treeState } from '../system/tree-state.ts'

/** What an earlier scan printed, when it was the same scan of the same files in the same state. */
export interface RememberedScan {
  /** `undefined`: it is not known, and has to be made. */
  readonly printed: string | undefined
  /** To be called at its end. */
  readonly keep: (printed: string) => void
}

export interface ScanCall {
  /** Behind `scan`. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
  /** Whatever else decides what is printed. */
  readonly screen: string
  readonly build: string
  /** Milliseconds since 1970. */
  readonly startedMs: number
}

/**
 * Only of scans that may keep what they read (`--git-history`, `--incremental`, and not `--no-cache`) and that depend on nothing but
 * files below some folders. Without a key there is no installation yet, so nothing is known and nothing kept.
 */
export function rememberedScan(call: ScanCall): RememberedScan | undefined {
  const asked = askedIn(call.args)
  if (asked === undefined) return undefined
  const roots = asked.roots.map((root) => resolve(call.workingFolder, root))
  const name = nameOf(call, roots)
  const before = textsOf(call, asked.home)?.read(name)
  const at = before?.indexOf('\n') ?? -1
  const isSame = before !== undefined && treeState(roots)?.digest === before.slice(0, at)
  return {
    printed: isSame ? before.slice(at + 1) : undefined,
    keep: (printed) => {
      const state = treeState(roots)
      // What changed meanwhile, or so shortly before that it could change again in the same tick of the clock, may be read or not.
      if (state === undefined || state.changedMs >= call.startedMs - UNSETTLED_MS) return
      textsOf(call, asked.home)?.write(name, `${state.digest}\n${printed}`)
    },
  }
}

const UNSETTLED_MS = 2_000

/** The same result prints as the same text. */
function nameOf({ args, workingFolder, screen, build, environment }: ScanCall, roots: readonly string[]): string {
  const parts = [build, workingFolder, screen, surroundings(environment), args, roots]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function textsOf({ environment }: ScanCall, home: string | undefined): SealedTexts | undefined {
  if (home === undefined && !environment['HOME']) return undefined
  const folders = foldersOf(environment, home)
  const key = keyOf(folders)
  return key === undefined ? undefined : sealedTexts(join(folders.cache, 'printed'), key)
}

interface Asked {
  readonly roots: readonly string[]
  /** Of keyturn itself. */
  readonly home?: string
}

/** Flags of a scan that add nothing but files below its paths. Whatever else is asked for is no matter of files. */
const PLAIN: ReadonlySet<string> = new Set([
  '--json',
  '--git-history',
  '--incremental',
  '--archives',
  '--all',
  '--no-color',
])

function askedIn(args: readonly string[]): Asked | undefined {
  if (!args.includes('--git-history') && !args.includes('--incremental')) return undefined
  const roots: string[] = []
  let home: string | undefined
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--home') home = args[++at]
    else if (arg.startsWith('-') || arg === '') {
      if (!PLAIN.has(arg)) return undefined
    } else roots.push(arg)
  }
  if (roots.length === 0 || home === '') return undefined
  return { roots, ...(home === undefined ? {} : { home }) }
}
