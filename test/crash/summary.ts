import type { CrashOutcome } from './crashes.ts'
import { consumersUnderTest } from './library.ts'

export interface Summary {
  readonly kills: number
  readonly converged: number
  readonly restored: number
  readonly diverged: number
  readonly lost: number
  readonly seconds: number
  readonly mostPlaces: number
  /** How many consumers were in a plan that was interrupted, and how many can be changed. */
  readonly consumers: number
  readonly connectors: number
  readonly tookPart: readonly string[]
  /** Those of which no place was in any plan. */
  readonly leftOut: readonly string[]
  /** Crashes of plans with credentials that were made and rewired, and with places that share their username. */
  readonly withSplits: number
  readonly withSharedUsernames: number
  readonly byJobs: Readonly<Record<string, number>>
  /** By the number of consumers in the plan. */
  readonly byConsumers: Readonly<Record<string, number>>
  readonly by: Readonly<Record<string, number>>
}

/** `since`: as `performance.now()` counts. */
export async function summarise(outcomes: readonly CrashOutcome[], since: number): Promise<Summary> {
  const tookPart = new Set(outcomes.flatMap(({ consumers }) => consumers))
  const connectors = (await consumersUnderTest()).filter(({ connector }) => connector !== undefined)
  const count = (does: (outcome: CrashOutcome) => boolean): number => outcomes.filter(does).length
  return {
    kills: outcomes.length,
    converged: count(({ converged }) => converged),
    restored: count(({ restored }) => restored),
    diverged: count(({ diverged }) => diverged.length > 0),
    lost: count(({ lost }) => lost.length > 0),
    seconds: Math.round((performance.now() - since) / 1000),
    mostPlaces: Math.max(0, ...outcomes.map(({ places }) => places)),
    consumers: tookPart.size,
    connectors: connectors.length,
    tookPart: [...tookPart].sort(),
    leftOut: connectors.map(({ id }) => id).filter((id) => !tookPart.has(id)),
    withSplits: count(({ splits }) => splits > 0),
    withSharedUsernames: count(({ sharing }) => sharing > 0),
    byJobs: counted(outcomes, ({ crash }) => String(crash.jobs)),
    byConsumers: counted(outcomes, ({ consumers }) => rangeOf(consumers.length)),
    by: counted(
      outcomes,
      ({ crash: { kind, phase, controller } }) => `${kind}, ${phase}${controller ? ', controller' : ''}`,
    ),
  }
}

function counted(
  outcomes: readonly CrashOutcome[],
  nameOf: (outcome: CrashOutcome) => string,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[nameOf(outcome)] = (counts[nameOf(outcome)] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort())
}

function rangeOf(consumers: number): string {
  if (consumers === 1) return '1'
  if (consumers < 10) return '2 to 9'
  return consumers < 50 ? '10 to 49' : '50 and more'
}

export function inWords(summary: Summary): string {
  const { kills, converged, restored, diverged, lost, consumers, connectors, mostPlaces, by, leftOut } = summary
  const kinds = Object.entries(by).map(([what, count]) => `  ${String(count).padStart(6)}  ${what}`)
  const without = leftOut.length === 0 || leftOut.length > 10 ? '' : `; without ${leftOut.join(', ')}`
  return [
    `${kills} crashes in plans of up to ${mostPlaces} places of ${consumers} of ${connectors} consumers${without}`,
    `  ${converged} converged, ${restored} restored, ${diverged} diverged, ${lost} lost a secret, in ${summary.seconds} s`,
    ...kinds,
    '',
  ].join('\n')
}
