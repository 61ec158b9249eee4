import { join } from 'node:path'
import { bitbucketClient } from '../bitbucket/client.ts'
import type { DoctorDeps } from '../diagnose/diagnose.ts'
import type { Consumer } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Context } from '../model/ports.ts'
import { type Folders, foldersOf, openContext } from '../system/installation.ts'
import { nodeSystem } from '../system/node-system.ts'
import type { Vault } from '../vault/vault.ts'
import { defined } from './defined.ts'
import type { KeyturnOptions } from './keyturn.ts'

/** What the methods of the library share. */
export interface Parts {
  readonly context: Context
  readonly folders: Folders
  readonly consumers: () => Promise<readonly Consumer[]>
  readonly doctor: () => Promise<DoctorDeps>
  readonly vault: () => Promise<Vault>
}

/** Every consumer there is, in alphabetical order. */
export async function loadConsumers(): Promise<readonly Consumer[]> {
  return (await import('../consumers/registry.ts')).consumers
}

/** Asks nobody, and opens no vault. */
export async function openParts(options: KeyturnOptions): Promise<Parts> {
  const folders = foldersOf(options.environment, options.home)
  const system =
    options.system ??
    nodeSystem({
      environment: options.environment,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.now === undefined ? {} : { now: options.now }),
    })
  const nameless = await openContext(system, folders)
  // Places have its address with a slash behind it.
  const logins = (options.logins ?? []).map(({ apiToken, baseUrl, user }) => ({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    user,
    apiToken: nameless.seal(apiToken),
  }))
  const given = options.vaultPasswords
  const context: Context = {
    ...nameless,
    logins,
    ...(given === undefined ? {} : { given: new Map([['given:ansible-vault-password', given]]) }),
  }
  const others = options.consumers
  const consumers = others === undefined ? loadConsumers : () => Promise.resolve(others)
  let vault: Promise<Vault> | undefined
  const vaultOf = (): Promise<Vault> => {
    // Encryption and schemas load only with the commands that need them.
    vault ??= import('../vault/vault.ts').then(({ openVault }) => openVault(folders, context, options.passphrase))
    return vault
  }
  return {
    context,
    folders,
    consumers,
    doctor: async () => ({
      client: bitbucketClient({ http: system.http, clock: system.clock }),
      context,
      detectors: traceDetectors(await consumers()),
      tokenNames: () => namesIn(vaultOf, folders, context),
    }),
    vault: vaultOf,
  }
}

/** A diagnosis makes no vault where there is none, and one that does not open keeps nobody from a diagnosis. */
async function namesIn(vault: Parts['vault'], { state }: Folders, context: Context): Promise<readonly string[]> {
  if ((await context.system.files.entry(join(state, 'vault.age'))) === undefined) return []
  try {
    return (await (await vault()).list()).map(({ name }) => name)
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}

function traceDetectors(consumers: readonly Consumer[]): DoctorDeps['detectors'] {
  const detectorOf = (id: string) => consumers.find((consumer) => consumer.id === id)?.detector
  return defined({
    netrc: detectorOf('netrc'),
    gitCredentials: detectorOf('git-credentials'),
    gitConfig: detectorOf('git-config'),
  })
}
