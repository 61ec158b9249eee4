import { join } from 'node:path'
import { type Keyturn, type KeyturnOptions, loadConsumers, openKeyturn } from '../../src/index.ts'
import type { Consumer, Verifier } from '../../src/model/consumer.ts'
import type { Http, Processes, System } from '../../src/model/ports.ts'
import { nodeFiles } from '../../src/system/node-files.ts'
import { nodeProcesses } from '../../src/system/node-processes.ts'
import { VAULT_PASSWORDS } from './made-vault.ts'

/** What is tested is what stays on disk; the wire has tests of its own. */
const accepting: Verifier = {
  verify: async () => ({
    kind: 'yes',
    scopes: 'not reported',
    evidence: { asked: 'a stand-in', answered: '200' },
  }),
}

let known: readonly Consumer[] | undefined

/** All consumers, each proved by a stand-in that says yes. */
export async function consumersUnderTest(): Promise<readonly Consumer[]> {
  known ??= (await loadConsumers()).map((consumer) => ({ ...consumer, verifier: accepting }))
  return known
}

/** Chance repeats, so that two runs write the same bytes where a format encrypts; each process has its own id and a later clock. */
function systemOf(process: number, http: Http): System {
  const start = Date.parse('2026-11-23T09:00:00Z') + process * 60_000
  let asked = 0
  return {
    files: nodeFiles(),
    http,
    processes: processesOf(process),
    clock: { now: () => new Date(start + asked++), sleep: async () => undefined },
    random: { bytes: (count) => new Uint8Array(count).fill(7) },
  }
}

/** A process of an earlier life does not run any more. */
function processesOf(ownId: number): Processes {
  return {
    ...nodeProcesses({}),
    ownId,
    host: 'crash',
    isRunning: (id) => id === ownId,
    environment: () => ({}),
    run: async () => ({ exitCode: 0, stdout: '', stderr: '' }),
  }
}

export const NO_NETWORK: Http = { send: () => Promise.reject(new Error('there is no network here')) }

let lives = 0

/** Opens the installation below `root` as a new process would. */
export async function openLibrary(
  root: string,
  more: Pick<KeyturnOptions, 'logins'> & { readonly http?: Http; readonly consumers?: readonly Consumer[] } = {},
): Promise<Keyturn> {
  const { http = NO_NETWORK, consumers = await consumersUnderTest(), ...options } = more
  return openKeyturn({
    ...options,
    environment: {},
    home: join(root, 'keyturn'),
    vaultPasswords: VAULT_PASSWORDS,
    system: systemOf(++lives, http),
    consumers,
  })
}
