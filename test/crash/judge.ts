import { decodeJournal } from '../../src/apply/journal.ts'
import type { Keyturn, RunState } from '../../src/index.ts'
import type { JournalEntry } from '../../src/model/journal-entry.ts'
import { openVault, type Vault } from '../../src/vault/vault.ts'
import { mount } from './disk-calls.ts'
import { openLibrary } from './library.ts'
import type { MadeWorld } from './made-world.ts'
import { applyOptions, ONE_BY_ONE } from './manner.ts'
import { type FileNode, filesOf, SimulatedDisk, type Tree } from './simulated-disk.ts'

/** What went wrong after one cut, in words; `lost` is about secrets. */
export interface Problems {
  readonly diverged: string[]
  readonly lost: string[]
}

/** What an undisturbed run leaves in the files of consumers. */
export type Contents = ReadonlyMap<string, string>

export function contentsOf(world: MadeWorld, tree: Tree): Contents {
  const files = filesOf(tree)
  return new Map(
    [...world.versions.keys()].map((path) => [path, files.get(path)?.bytes.toString('latin1') ?? '(gone)']),
  )
}

/** A machine that starts again on this disk: the library is opened as a new process does it. */
export async function startAgain(world: MadeWorld, tree: Tree): Promise<{ disk: SimulatedDisk; keyturn: Keyturn }> {
  const disk = new SimulatedDisk(tree)
  mount(world.root, disk)
  return { disk, keyturn: await openLibrary(world.root) }
}

/** Backups that were opened once: the same bytes lie on the disk of every later cut. */
export type OpenedBackups = Map<string, Buffer | undefined>

/** Looks at the disk before anything is repaired: whole files, each secret in its place or in a backup that opens. */
export async function judgeCut(world: MadeWorld, tree: Tree, opened: OpenedBackups): Promise<Problems> {
  const problems: Problems = { diverged: [], lost: [] }
  const files = filesOf(tree)
  for (const [path, versions] of world.versions) {
    const bytes = files.get(path)?.bytes.toString('latin1')
    if (bytes === undefined) problems.lost.push(`${path} is gone`)
    else if (!versions.has(bytes)) problems.diverged.push(`${path} holds something that was never meant to be there`)
  }
  const { keyturn } = await startAgain(world, tree)
  const vault = await openVault(keyturn.folders, keyturn.context)
  const token = await vault.find('ci').catch(() => undefined)
  if (token?.secret.reveal() !== world.newSecret) problems.lost.push('the vault does not give the new token')
  if (!isForgotten(files)) await judgeOldSecrets(world, files, vault, opened, problems)
  return problems
}

/** From the entry in the journal on, backups are shredded because a person wants it. */
export function isForgotten(files: ReadonlyMap<string, FileNode>): boolean {
  return [...files].some(
    ([path, { bytes }]) =>
      /\/journal$/.test(path) && journalEntries(path, bytes).some(({ kind }) => kind === 'forgets'),
  )
}

/** Nothing of a journal that cannot be read: that is a problem of its own. */
function journalEntries(path: string, bytes: Buffer): readonly JournalEntry[] {
  try {
    return decodeJournal(bytes, path).entries
  } catch {
    return []
  }
}

/** After `forget` has come to its end: the places keep what they hold, and no old secret can be opened. */
export function judgeForgotten(world: MadeWorld, tree: Tree, expected: Contents, what: string): readonly string[] {
  const files = filesOf(tree)
  const kept = [...files.keys()].filter((path) => BACKUP.test(path)).map((path) => `${what}: ${path} stays`)
  const unsaid = isForgotten(files) ? [] : [`${what}: the journal does not say so`]
  return [...judgeEnd(world, tree, expected, what), ...kept, ...unsaid]
}

const BACKUP = /^keyturn\/state\/runs\/[^/]+\/backups\//

async function judgeOldSecrets(
  world: MadeWorld,
  files: ReadonlyMap<string, FileNode>,
  vault: Vault,
  opened: OpenedBackups,
  problems: Problems,
): Promise<void> {
  const gone = world.places.flatMap(({ place, stored }) => {
    const path = place.at.kind === 'file' ? place.at.path.slice(world.root.length + 1) : ''
    return stored
      .filter((secret) => files.get(path)?.bytes.includes(secret) !== true)
      .map((secret) => ({ place, secret }))
  })
  if (gone.length === 0) return
  const backups = await openBackups(files, vault, opened)
  for (const { place, secret } of gone)
    if (!backups.some((backup) => backup.includes(secret)))
      problems.lost.push(
        `an old secret of ${place.consumer} ${place.address} is in no place and in no backup that opens`,
      )
}

async function openBackups(
  files: ReadonlyMap<string, FileNode>,
  vault: Vault,
  opened: OpenedBackups,
): Promise<readonly Buffer[]> {
  const found: Buffer[] = []
  for (const [path, { bytes }] of files) {
    if (!BACKUP.test(path)) continue
    const key = bytes.toString('latin1')
    if (!opened.has(key)) opened.set(key, await openBackup(bytes, vault))
    const backup = opened.get(key)
    if (backup !== undefined) found.push(backup)
  }
  return found
}

function openBackup(bytes: Buffer, vault: Vault): Promise<Buffer | undefined> {
  return vault.openBytes(bytes).then(
    (plain) => Buffer.from(plain),
    () => undefined,
  )
}

export function differences(world: MadeWorld, tree: Tree, expected: Contents, what: string): readonly string[] {
  const found = contentsOf(world, tree)
  return [...expected].filter(([path, bytes]) => found.get(path) !== bytes).map(([path]) => `${what}: ${path} differs`)
}

/** Compares the files with what they should hold, and looks for what a clean end leaves behind. */
export function judgeEnd(world: MadeWorld, tree: Tree, expected: Contents, what: string): readonly string[] {
  const wrong = differences(world, tree, expected, what)
  const files = filesOf(tree)
  const left = [...files.keys()].filter((path) => /\.keyturn-[0-9a-f]{12}$/.test(path) || path === 'keyturn/state/lock')
  const broken = [...files].flatMap(([path, { bytes }]) => (/\/journal$/.test(path) ? brokenJournal(path, bytes) : []))
  return [...wrong, ...left.map((path) => `${what}: ${path} stays`), ...broken]
}

/** The journal of a run that never began may end anywhere: nobody goes on with it. */
function brokenJournal(path: string, bytes: Buffer): readonly string[] {
  try {
    const { entries, tornBytes } = decodeJournal(bytes, path)
    return tornBytes === 0 || entries.length === 0 ? [] : [`${path} ends in the middle of a line`]
  } catch {
    return [`${path} is broken`]
  }
}

/** What a person does after a crash: continue the open run, or, when none had begun, apply again. */
export async function goOn(keyturn: Keyturn, world: Pick<MadeWorld, 'plan'>, manner = ONE_BY_ONE): Promise<void> {
  const run = (await begunRuns(keyturn)).at(-1)
  const options = applyOptions(manner)
  const outcome = await (run === undefined ? keyturn.apply(world.plan, options) : keyturn.resume(run.run, options))
  if (outcome.exitCode !== 0 && outcome.exitCode !== 3) throw new Error(`it ended with ${outcome.exitCode}`)
}

/** `false`: no run had begun, so there is nothing to put back, and nobody clears up. */
export async function goBack(keyturn: Keyturn, { jobs } = ONE_BY_ONE): Promise<boolean> {
  const runs = await begunRuns(keyturn)
  for (const { run } of runs.toReversed()) {
    const { left } = await keyturn.rollback(run, { jobs })
    if (left.length > 0) throw new Error(`${left.length} places were left: ${left[0]?.because}`)
  }
  return runs.length > 0
}

/** Shreds the backups of every run. */
export async function forget(keyturn: Keyturn): Promise<void> {
  for (const { run } of await begunRuns(keyturn)) await keyturn.forget(run)
}

async function begunRuns(keyturn: Keyturn): Promise<readonly RunState[]> {
  return (await keyturn.runs()).filter(({ startedAt }) => startedAt !== '')
}
