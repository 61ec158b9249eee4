import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplyDeps, ApplyEvent } from '../../src/apply/deps.ts'
import { runStore } from '../../src/apply/run-folder.ts'
import type { Answer } from '../../src/model/answer.ts'
import type { Conflict, Connector, Staged } from '../../src/model/consumer.ts'
import { Failure } from '../../src/model/failure.ts'
import type { Digest, Plan, Standing, Step } from '../../src/model/plan.ts'
import type { Context } from '../../src/model/ports.ts'
import { Secret } from '../../src/model/secret.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

/** Places in memory, with a real run folder on the disk. Each address is a page of its own on one controller. */
export interface MemoryRun {
  readonly folder: string
  readonly context: Context
  /** Address to what is stored there. */
  readonly world: Map<string, string>
  /** What a verifier says of an address; absent: yes. */
  readonly answers: Map<string, 'no' | 'unknown'>
  readonly events: ApplyEvent[]
  /** Most commits that were under way at the same time. */
  most: number
  /** Awaited by each commit before it writes. */
  beforeCommit: (address: string) => Promise<void>
  readonly deps: ApplyDeps
  readonly digestOf: (text: string) => Digest
  plan(steps: readonly (Partial<Step> & { readonly address: string })[]): Plan
  end(): Promise<void>
}

const NOW = new Date('2026-11-23T09:00:00Z')

export async function memoryRun(addresses: readonly string[]): Promise<MemoryRun> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-memory-run-'))
  const system = nodeSystem({ environment: {}, now: () => NOW })
  const context: Context = {
    system,
    seal: Secret.sealer(new Uint8Array(32)),
    digest: (bytes) => `hmac:${Buffer.from(bytes).toString('hex')}`,
    logins: [],
  }
  const secret = context.seal('the new secret')
  const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
  const run: MemoryRun = {
    folder,
    context,
    world: new Map(addresses.map((address) => [address, `old ${address}`])),
    answers: new Map(),
    events: [],
    most: 0,
    beforeCommit: async () => undefined,
    deps: {
      context,
      hands: () => ({ connector: connectorOn(run), verifier: { verify: async ({ address }) => answer(run, address) } }),
      token: async (name) => (name === 'ci' ? secret : undefined),
      tokenKind: async () => 'api-token',
      runs: runStore(folder, system.files, plain),
      state: folder,
      onEvent: (event) => run.events.push(event),
    },
    digestOf: (text) => context.digest(Buffer.from(text)),
    plan: (steps) => planOf(run, steps),
    end: () => rm(folder, { recursive: true, force: true }),
  }
  return run
}

function planOf(run: MemoryRun, steps: readonly (Partial<Step> & { readonly address: string })[]): Plan {
  return {
    schema: 'keyturn/plan/1',
    id: 'plan1234',
    createdAt: NOW.toISOString(),
    sources: [],
    requests: [],
    steps: steps.map(({ address, ...given }) => ({
      id: `s-${address}`,
      place: placeOf(address),
      from: { digest: standing(run, address), kind: 'app-password', username: 'alice' },
      to: { username: 'keep', token: 'ci' },
      uses: [{ operation: 'git-fetch', by: 'job x' }],
      reason: 'app passwords ended',
      ...given,
    })),
    kept: [],
    manual: [],
  }
}

export function placeOf(address: string): Step['place'] {
  return { id: address, consumer: 'memory', at: { kind: 'url', url: `https://ci.example.org/${address}` }, address }
}

function standing({ world, digestOf }: MemoryRun, address: string): Standing {
  const now = world.get(address)
  return now === undefined ? 'absent' : digestOf(now)
}

function connectorOn(run: MemoryRun): Connector {
  return {
    read: async (place) => {
      const digest = standing(run, place.address)
      return digest === 'absent'
        ? { kind: 'absent' }
        : { kind: 'present', place: { ...place, host: 'bitbucket.org', uses: [] }, digest }
    },
    stageReplace: async ({ address }, expected) => stage(run, address, expected, `new ${address}`),
    stageCreate: async ({ address }) => stage(run, address, 'absent', `new ${address}`),
    stageRestore: async ({ address }, expected, backup) =>
      stage(run, address, expected, backup.length === 0 ? undefined : Buffer.from(backup).toString()),
  }
}

let underWay = 0

function stage(run: MemoryRun, address: string, expected: Standing, next: string | undefined): Staged | Conflict {
  const found = standing(run, address)
  if (found !== expected) return { kind: 'conflict', found }
  const to = next === undefined ? 'absent' : run.digestOf(next)
  return {
    kind: 'staged',
    to,
    backup: Buffer.from(run.world.get(address) ?? ''),
    commit: async () => {
      underWay += 1
      run.most = Math.max(run.most, underWay)
      try {
        await run.beforeCommit(address)
        const now = standing(run, address)
        if (now !== expected) return { kind: 'conflict', found: now }
        if (next === undefined) run.world.delete(address)
        else run.world.set(address, next)
        return { kind: 'changed', now: to }
      } finally {
        underWay -= 1
      }
    },
  }
}

function answer({ answers }: MemoryRun, address: string): Answer {
  const evidence = { asked: `git ls-remote through ${address}`, answered: '401' }
  const kind = answers.get(address)
  if (kind === 'no') return { kind, reason: 'unauthorized', missing: [], evidence }
  if (kind === 'unknown') return { kind, reason: 'timed out', evidence }
  return { kind: 'yes', scopes: 'not reported', evidence }
}

/** The code, the exit code and the state of a failure; anything else as it is. */
export function failureOf(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => 'no failure',
    (error: unknown) =>
      error instanceof Failure
        ? { code: error.code, exitCode: error.parts.exitCode, because: error.parts.because, state: error.parts.state }
        : error,
  )
}
