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
 * files below some folders, and on nothing that changed while they ran. Without a key there is no installation yet, so nothing is known.
 */
export function rememberedScan(call: ScanCall): RememberedScan | undefined {
  const asked = askedIn(call.args)
  if (asked === undefined || READ_ELSEWHERE.some((name) => call.environment[name])) return undefined
  const roots = asked.roots.map((root) => resolve(call.workingFolder, root))
  const name = nameOf(call, roots)
  const known = textsOf(call, asked.home)?.read(name)
  const before = treeState(roots)
  const at = known?.indexOf('\n') ?? -1
  const isSame = known !== undefined && before?.digest === known.slice(0, at)
  return {
    printed: isSame ? known.slice(at + 1) : undefined,
    keep: (printed) => {
      const state = treeState(roots)
      // What changed meanwhile may be read or not, and so may what changed so shortly before that it could change again in the same tick of the
      // clock. A clock that is wrong, or another machine's, does not tell.
      if (state === undefined || state.digest !== before?.digest) return
      if (state.changedMs >= call.startedMs - UNSETTLED_MS) return
      textsOf(call, asked.home)?.write(name, `${state.digest}\n${printed}`)
    },
  }
}

/** Variables that name files elsewhere that a scan reads. */
const READ_ELSEWHERE = ['ANSIBLE_VAULT_PASSWORD_FILE']

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
