import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Randomness, System } from '../model/ports.ts'
import { nodeFiles } from './node-files.ts'
import { type HttpOptions, nodeHttp } from './node-http.ts'
import { nodeProcesses } from './node-processes.ts'

export interface NodeSystemOptions {
  /** Environment that children inherit and proxies are read from. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly ca?: HttpOptions['ca']
  /** For a rehearsal on the sandbox, whose clock stands still. */
  readonly now?: () => Date
}

/** The real outside. */
export function nodeSystem(options: NodeSystemOptions): System {
  const http = { environment: options.environment, ...(options.ca === undefined ? {} : { ca: options.ca }) }
  return {
    files: nodeFiles(),
    http: nodeHttp(http),
    processes: nodeProcesses(options.environment),
    clock: nodeClock(options.now),
    random: nodeRandomness(),
  }
}

function nodeClock(now: () => Date = () => new Date()): Clock {
  return {
    now,
    sleep: async (ms) => {
      await sleep(ms)
    },
  }
}

function nodeRandomness(): Randomness {
  return { bytes: (count) => new Uint8Array(randomBytes(count)) }
}
