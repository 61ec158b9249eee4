import { consumers } from './consumers/registry.ts'
import type { ExitCode } from './model/failure.ts'
import type { Inventory } from './model/inventory.ts'
import type { Context } from './model/ports.ts'
import { Secret } from './model/secret.ts'
import { scan } from './scan/scan.ts'
import { type Folders, foldersOf, openContext } from './system/installation.ts'
import { nodeSystem } from './system/node-system.ts'

export { foldersOf } from './system/installation.ts'
export { nodeFiles } from './system/node-files.ts'
export { nodeProcesses } from './system/node-processes.ts'
export { nodeSystem } from './system/node-system.ts'
export { runAttached } from './system/run-attached.ts'
export { makeTemporaryFolder, removeTemporaryFolder } from './system/temporary-folder.ts'

export const VERSION = '0.1.0'

export interface KeyturnOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Holds keys, vault and runs instead of the XDG folders. */
  readonly home?: string
  /** PEM of an authority to trust besides the system's. */
  readonly ca?: string
  /** Controllers that the user named. */
  readonly logins?: readonly { readonly baseUrl: string; readonly user: string; readonly apiToken: string }[]
  /** Opens an identity that is encrypted with it, and encrypts a new one. */
  readonly passphrase?: string
  /** For a rehearsal on a sandbox whose clock stands still. */
  readonly now?: () => Date
}

export interface ScanOptions {
  readonly paths: readonly string[]
  readonly askControllers?: boolean
  readonly onFile?: (filesSeen: number) => void
}

export interface Keyturn {
  readonly context: Context
  readonly folders: Folders
  scan(options: ScanOptions): Promise<Inventory>
}

export async function openKeyturn(options: KeyturnOptions): Promise<Keyturn> {
  const folders = foldersOf(options.environment, options.home)
  const system = nodeSystem({
    environment: options.environment,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const nameless = await openContext(system, folders)
  const logins = (options.logins ?? []).map(({ baseUrl, user, apiToken }) => ({
    baseUrl,
    user,
    apiToken: nameless.seal(apiToken),
  }))
  const context: Context = { ...nameless, logins }
  return {
    context,
    folders,
    scan: ({ paths, askControllers, onFile }) =>
      scan(
        {
          roots: paths,
          ...(askControllers ? { asked: consumers.filter((consumer) => consumer.connector?.list !== undefined) } : {}),
          ...(onFile ? { onFile } : {}),
        },
        consumers,
        context,
      ),
  }
}

/** 5 when something could not be read. */
export function exitCodeOfScan(inventory: Inventory): ExitCode {
  return inventory.unread.length > 0 ? 5 : 0
}
void Secret
