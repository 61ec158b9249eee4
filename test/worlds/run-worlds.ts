import type { Blueprint } from './blueprint.ts'
import { compose } from './compose.ts'
import { contradiction, type Judgement, judge, type Verdict } from './judge.ts'
import { type Played, play } from './play.ts'
import type { Town } from './town.ts'

/** One world, as a line of the run. */
export interface Outcome {
  readonly index: number
  readonly kind: Blueprint['kind']
  readonly verdict: Verdict
  readonly planted: readonly string[]
  readonly said: readonly string[]
  readonly because?: string
  /** The oracle and the real command do not agree, or the doctor changed a file. */
  readonly alarm?: string
  readonly untold?: string
  readonly world: Blueprint
  readonly screen: string
  readonly witness: string
  readonly requests: readonly string[]
}

export async function runWorld(seed: string, index: number, town: Town): Promise<Outcome> {
  const world = compose(seed, index)
  const played = await play(world, index, town)
  return outcomeOf(world, index, played, judge(played, world.told.site))
}

function outcomeOf(world: Blueprint, index: number, played: Played, { verdict, because }: Judgement): Outcome {
  const { expectation, said, screen, witness, changed, requests } = played
  const alarm = contradiction(played) ?? (changed.length === 0 ? undefined : `the doctor changed ${changed.join(', ')}`)
  return {
    index,
    kind: world.kind,
    verdict,
    planted: expectation.right,
    said,
    ...(because === undefined ? {} : { because }),
    ...(alarm === undefined ? {} : { alarm }),
    ...(expectation.untold === undefined ? {} : { untold: expectation.untold }),
    world,
    screen,
    witness: witness.words,
    requests,
  }
}

export interface Summary {
  readonly seed: string
  readonly worlds: number
  readonly right: number
  readonly unknown: number
  readonly wrong: number
  /** Worlds in which the oracle and the real command do not agree, or the doctor changed a file. */
  readonly alarms: number
  /** By fault that stops the command: how often it was planted so, and what was said. */
  readonly faults: Readonly<Record<string, FaultCount>>
  readonly wrongs: readonly Wrong[]
}

export interface FaultCount {
  planted: number
  named: number
  /** Another planted fault of the same world was named first. */
  other: number
  unknown: number
  wrong: number
}

interface Wrong {
  readonly index: number
  readonly replay: string
  readonly planted: readonly string[]
  readonly said: readonly string[]
  readonly because: string
  readonly world: Blueprint
}

export function summarise(seed: string, outcomes: readonly Outcome[]): Summary {
  const ordered = [...outcomes].sort((a, b) => a.index - b.index)
  const count = (verdict: Verdict) => ordered.filter((each) => each.verdict === verdict).length
  return {
    seed,
    worlds: ordered.length,
    right: count('right'),
    unknown: count('unknown'),
    wrong: count('wrong'),
    alarms: ordered.filter(({ alarm }) => alarm !== undefined).length,
    faults: faultCounts(ordered),
    wrongs: ordered
      .filter(({ verdict, alarm }) => verdict === 'wrong' || alarm !== undefined)
      .map((each) => wrongOf(seed, each)),
  }
}

function wrongOf(seed: string, { index, planted, said, because, alarm, world }: Outcome): Wrong {
  const replay = `npm run worlds -- --seed ${seed} --only ${index} --show`
  return { index, replay, planted, said, because: alarm ?? because ?? '', world }
}

function faultCounts(outcomes: readonly Outcome[]): Readonly<Record<string, FaultCount>> {
  const counts: Record<string, FaultCount> = {}
  for (const { planted, said, verdict } of outcomes)
    for (const code of planted) {
      counts[code] ??= { planted: 0, named: 0, other: 0, unknown: 0, wrong: 0 }
      const row = counts[code]
      row.planted++
      if (verdict === 'unknown') row.unknown++
      else if (verdict === 'wrong') row.wrong++
      else if (said[0] === code || (said[0] === 'D104' && /^D10[23]$/.test(code))) row.named++
      else row.other++
    }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}
