import { join } from 'node:path'
import type { ApplyDeps, Hands } from '../../src/apply/deps.ts'
import { runStore } from '../../src/apply/run-folder.ts'
import { gitConfigConnector } from '../../src/consumers/git-config/connect.ts'
import { gitCredentialsConnector } from '../../src/consumers/git-credentials/connect.ts'
import { netrcConnector } from '../../src/consumers/netrc/connect.ts'
import type { Answer } from '../../src/model/answer.ts'
import type { Connector, Verifier } from '../../src/model/consumer.ts'
import type { Context, System } from '../../src/model/ports.ts'
import { openContext } from '../../src/system/installation.ts'
import { nodeFiles } from '../../src/system/node-files.ts'
import { nodeProcesses } from '../../src/system/node-processes.ts'
import { openVault, type Vault } from '../../src/vault/vault.ts'

/** What is tested is what stays on disk; the wire has tests of its own. */
const accepting: Verifier = { verify: async () => ACCEPTED }
const ACCEPTED: Answer = { kind: 'yes', scopes: 'not reported', evidence: { asked: 'a stand-in', answered: '200' } }

const CONNECTORS: Readonly<Record<string, Connector>> = {
  'git-config': gitConfigConnector,
  'git-credentials': gitCredentialsConnector,
  netrc: netrcConnector,
}

export interface CrashWorld {
  readonly context: Context
  readonly vault: Vault
  readonly deps: ApplyDeps
}

/** Real files, real connectors, real vault; the network is not there. */
export async function openWorld(root: string): Promise<CrashWorld> {
  const folders = {
    config: join(root, 'keyturn', 'config'),
    state: join(root, 'keyturn', 'state'),
    cache: join(root, 'keyturn', 'cache'),
  }
  const context = await openContext(localSystem(), folders)
  const vault = await openVault(folders, context)
  const deps: ApplyDeps = {
    context,
    hands: (consumer): Hands => ({ ...connectorFor(consumer), verifier: accepting }),
    token: async (name) => (await vault.find(name))?.secret,
    runs: runStore(folders.state, context.system.files, vault),
    state: folders.state,
  }
  return { context, vault, deps }
}

function connectorFor(consumer: string): Pick<Hands, 'connector'> {
  const connector = CONNECTORS[consumer]
  return connector === undefined ? {} : { connector }
}

function localSystem(): System {
  return {
    files: nodeFiles(),
    http: { send: () => Promise.reject(new Error('there is no network here')) },
    processes: nodeProcesses({}),
    clock: { now: () => new Date('2026-11-23T09:00:00Z'), sleep: async () => undefined },
    random: { bytes: (count) => new Uint8Array(count).fill(7) },
  }
}
