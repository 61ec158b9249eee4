import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WANTED_FILES } from '../consumers/wanted-files.ts'
import type { Consumer } from '../model/consumer.ts'
import type { ExitCode } from '../model/failure.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import type { FileMemory } from '../scan/file-memory.ts'
import { cacheFolder, wholeHome } from '../scan/home-sources.ts'
import { type ScanRequest, scan } from '../scan/scan.ts'
import type { ScanCache, StoredScanCache } from '../scan/scan-cache.ts'
import { type BegunFolder, beginFolder } from '../scan/search-folder.ts'
import { splitList } from '../scan/split-list.ts'
import type { FileJudge } from '../system/bulk-files.ts'
import type { Folders } from '../system/installation.ts'
import { defined } from './defined.ts'
import { fileJudge } from './file-judge.ts'
import type { ScanOptions } from './keyturn.ts'
import { loadConsumers, type Parts } from './parts.ts'

const SEARCH_WORKER = new URL('./search-worker.js', import.meta.url)

/**
 * What other threads of a scan run: a bundle beside this one. From source there is none, nor in a program that this one was bundled into, and
 * one thread does it all.
 */
async function searchWorker({ files }: Context['system']): Promise<URL | undefined> {
  const entry = await files.entry(fileURLToPath(SEARCH_WORKER)).catch(() => undefined)
  return entry?.kind === 'file' ? SEARCH_WORKER : undefined
}

/**
 * The folder of this program: its code says `password=` as those do who are looked for, and holds none. From source it is read like any
 * other, and so is the folder of a program that this one was bundled into.
 */
async function ownFolder(worker: URL | undefined, { files }: Context['system']): Promise<string | undefined> {
  if (worker === undefined) return undefined
  const folder = dirname(fileURLToPath(worker))
  const bytes = await files.read(join(folder, '..', 'package.json')).catch(() => undefined)
  const isOwn = bytes !== undefined && /"name"\s*:\s*"keyturn"/.test(Buffer.from(bytes).toString('latin1'))
  return isOwn ? folder : undefined
}

/** What is known before the files are looked at. */
interface Beforehand extends Pick<ScanRequest, 'cache' | 'memory' | 'begun' | 'own'> {
  readonly judge?: FileJudge
  readonly worker?: URL
}

/** Of one folder without a rule what to leave out: the first files are read while the detectors load. */
async function beginScan(
  { paths, threads, history, archives = false, wholeHome, gitignore, skipCaches }: ScanOptions,
  { system }: Context,
  { judge, worker, ...known }: Pick<Beforehand, 'memory' | 'own' | 'worker'> & { readonly judge: FileJudge },
): Promise<BegunFolder | undefined> {
  const [path, ...others] = paths
  if (path === undefined || others.length > 0 || wholeHome || gitignore || skipCaches) return undefined
  const real = await system.files.resolve(resolve(path)).catch(() => undefined)
  const entry = real === undefined ? undefined : await system.files.entry(real).catch(() => undefined)
  if (real === undefined || entry?.kind !== 'folder') return undefined
  const helpers = { ...defined({ entry: worker, threads }), judge }
  return beginFolder(real, { helpers, archives, ...known, ...defined({ history }) }, WANTED_FILES)
}

/** With a cache and a memory where they were asked for. Throws `Failure` as `scan` does. */
export async function runScan(options: ScanOptions, { consumers: load, context, folders }: Parts): Promise<Inventory> {
  const { history, incremental, noCache } = options
  const cache = (history || incremental) && !noCache ? await openCache(folders, context) : undefined
  const memory = cache !== undefined && incremental ? await memoryOfFiles(cache, context) : undefined
  // Other consumers may want other files, and see others in them.
  const judge = load === loadConsumers ? fileJudge() : undefined
  const worker = await searchWorker(context.system)
  const known = defined({ memory, worker, own: await ownFolder(worker, context.system) })
  const begun = judge === undefined ? undefined : await beginScan(options, context, { judge, ...known })
  try {
    const beforehand = { ...known, ...(history ? defined({ cache }) : {}), ...defined({ begun, judge }) }
    const inventory = await runBegun(options, await load(), context, beforehand)
    await cache?.save()
    return inventory
  } finally {
    await begun?.search.end()
  }
}

async function memoryOfFiles(cache: ScanCache, { system }: Context): Promise<FileMemory> {
  const { fileMemory } = await import('../scan/file-memory.ts')
  return fileMemory(cache, BigInt(system.clock.now().getTime()) * 1_000_000n)
}

async function runBegun(
  options: ScanOptions,
  consumers: readonly Consumer[],
  context: Context,
  { judge, worker, ...known }: Beforehand,
): Promise<Inventory> {
  const {
    askControllers = false,
    askHelpers = false,
    example,
    onFile,
    threads,
    history,
    archives,
    fileList,
    gitignore,
    document,
  } = options
  const { variableReader } = await import('../consumers/variable-flow.ts')
  const asked = consumers.filter(
    ({ connector }) => connector?.list !== undefined && (connector.asks === 'helpers' ? askHelpers : askControllers),
  )
  const environment = context.system.processes.environment()
  const home = environment['HOME'] || undefined
  const caches = options.skipCaches ? [cacheFolder(home ?? '/', environment)] : undefined
  return scan(
    {
      roots: options.wholeHome ? await wholeHome(options.paths, context.system) : options.paths,
      asked,
      follow: variableReader(consumers),
      helpers: defined({ entry: worker, threads, judge }),
      ...defined({ example, onFile, history, archives, gitignore, home, caches, document }),
      ...known,
      ...(fileList === undefined ? {} : { files: splitList(fileList) }),
    },
    consumers,
    context,
  )
}

/** Of the build, for another one may find something where this one found nothing; from source there is none. */
declare const KEYTURN_BUILD: string | undefined

async function openCache({ cache }: Folders, { system }: Context): Promise<StoredScanCache | undefined> {
  if (typeof KEYTURN_BUILD !== 'string') return undefined
  const { openScanCache } = await import('../scan/scan-cache.ts')
  return openScanCache(system.files, join(cache, 'scan'), KEYTURN_BUILD)
}

/** 5 when something could not be read. */
export function exitCodeOfScan(inventory: Inventory): ExitCode {
  return inventory.unread.length > 0 ? 5 : 0
}
