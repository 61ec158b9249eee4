import type { Lookalike, Truth } from './generate.ts'

/** What a scan says about one place. */
export interface Finding {
  /** As in the corpus: relative, with forward slashes. */
  readonly path: string
  /** 1-based, where the stored bytes of the secret begin. */
  readonly line: number
  /** Byte offset of the same. */
  readonly start?: number
  /** The secret itself, or whether a given text is it: a scan that keeps fingerprints need not show what it found. */
  readonly secret: string | ((text: string) => boolean)
  readonly username?: string
  readonly consumer: string
  readonly kind?: string
}

export interface Tally {
  /** True places. */
  readonly truths: number
  readonly found: number
  readonly falseAlarms: number
  /** Of the true places, the share that was found; 1 where there are none. */
  readonly recall: number
  /** Of what was said, the share that is true; 1 where nothing was said. */
  readonly precision: number
}

export interface FalseAlarm {
  readonly finding: Finding
  /** What was taken for a credential; absent where nothing of note stands on that line. */
  readonly lookalike?: Lookalike
  /** A true place on the same line whose secret was read wrongly. */
  readonly misread?: Truth
}

export interface Score extends Tally {
  /** True places by the consumer that the corpus names; false alarms by the one that the scan named. */
  readonly byConsumer: ReadonlyMap<string, Tally>
  readonly byKind: ReadonlyMap<string, Tally>
  readonly byFormat: ReadonlyMap<string, Tally>
  readonly byEncoding: ReadonlyMap<string, Tally>
  readonly misses: readonly Truth[]
  readonly alarms: readonly FalseAlarm[]
  /** Said again of a place that was found already: neither right nor wrong. */
  readonly repeats: readonly Finding[]
  /** Found, but with the wrong person's name. */
  readonly wrongUsernames: readonly { readonly truth: Truth; readonly finding: Finding }[]
  /** Found on the right line, but `start` is outside the stored text. */
  readonly misplaced: readonly { readonly truth: Truth; readonly finding: Finding }[]
}

interface Match {
  readonly truth: Truth
  readonly finding: Finding
}

/** Compares what was said with what is true. A finding is right where path, line and secret are those of a true place. */
export function scoreOf(
  truths: readonly Truth[],
  lookalikes: readonly Lookalike[],
  findings: readonly Finding[],
): Score {
  const { matches, repeats, wrong } = matched(truths, findings)
  const found = new Set(matches.map(({ truth }) => truth))
  const lookalikeAt = new Map(lookalikes.map((each) => [`${each.path}:${each.line}`, each]))
  const truthAt = new Map(truths.map((each) => [`${each.path}:${each.line}`, each]))
  const alarms = wrong.map((finding) => {
    const place = `${finding.path}:${finding.line}`
    const [lookalike, misread] = [lookalikeAt.get(place), truthAt.get(place)]
    return { finding, ...(lookalike && { lookalike }), ...(misread && { misread }) }
  })
  const by = (ofTruth: (truth: Truth) => string, ofAlarm: (finding: Finding) => string) =>
    tallies(truths, found, wrong, ofTruth, ofAlarm)
  return {
    ...tally(truths.length, found.size, wrong.length),
    byConsumer: by(
      ({ consumer }) => consumer,
      ({ consumer }) => consumer,
    ),
    byKind: by(
      ({ kind }) => kind,
      ({ kind }) => kind ?? 'unknown',
    ),
    byFormat: by(
      ({ format }) => format,
      () => 'unknown',
    ),
    byEncoding: by(
      ({ encoding }) => encoding.join(' '),
      () => 'unknown',
    ),
    misses: truths.filter((truth) => !found.has(truth)),
    alarms,
    repeats,
    wrongUsernames: matches.filter(
      ({ truth, finding }) =>
        truth.username !== undefined && finding.username !== undefined && truth.username !== finding.username,
    ),
    misplaced: matches.filter(
      ({ truth, finding: { start } }) => start !== undefined && (start < truth.start || start >= truth.end),
    ),
  }
}

function matched(truths: readonly Truth[], findings: readonly Finding[]) {
  const byPath = new Map<string, Truth[]>()
  for (const truth of truths) byPath.set(truth.path, [...(byPath.get(truth.path) ?? []), truth])
  const taken = new Set<Truth>()
  const matches: Match[] = []
  const repeats: Finding[] = []
  const wrong: Finding[] = []
  for (const finding of findings) {
    const candidates = (byPath.get(finding.path) ?? []).filter((truth) => fits(finding, truth))
    const truth = nearest(
      candidates.filter((each) => !taken.has(each)),
      finding,
    )
    if (truth !== undefined) {
      taken.add(truth)
      matches.push({ truth, finding })
    } else (candidates.length > 0 ? repeats : wrong).push(finding)
  }
  return { matches, repeats, wrong }
}

function fits({ line, secret }: Finding, truth: Truth): boolean {
  if (line < truth.line || line > truth.lastLine) return false
  return typeof secret === 'string' ? secret === truth.secret : secret(truth.secret)
}

/** Of several with the same secret on one line, the one that was meant; without an offset, the first. */
function nearest(candidates: readonly Truth[], { start }: Finding): Truth | undefined {
  if (start === undefined) return candidates[0]
  const distance = (truth: Truth): number => Math.abs(truth.start - start)
  return candidates.reduce<Truth | undefined>(
    (best, each) => (best === undefined || distance(each) < distance(best) ? each : best),
    undefined,
  )
}

function tallies(
  truths: readonly Truth[],
  found: ReadonlySet<Truth>,
  alarms: readonly Finding[],
  ofTruth: (truth: Truth) => string,
  ofAlarm: (finding: Finding) => string,
): ReadonlyMap<string, Tally> {
  const all = countBy(truths, ofTruth)
  const right = countBy([...found], ofTruth)
  const wrong = countBy(alarms, ofAlarm)
  const names = [...new Set([...all.keys(), ...wrong.keys()])].sort()
  return new Map(
    names.map((name) => [name, tally(all.get(name) ?? 0, right.get(name) ?? 0, wrong.get(name) ?? 0)] as const),
  )
}

function countBy<T>(things: readonly T[], nameOf: (thing: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const thing of things) counts.set(nameOf(thing), (counts.get(nameOf(thing)) ?? 0) + 1)
  return counts
}

function tally(truths: number, found: number, falseAlarms: number): Tally {
  return {
    truths,
    found,
    falseAlarms,
    recall: truths === 0 ? 1 : found / truths,
    precision: found + falseAlarms === 0 ? 1 : found / (found + falseAlarms),
  }
}

/** The score in lines of text: totals, then a line for each consumer and kind, then every miss and every false alarm. No secret is in it. */
export function scoreLines(score: Score): readonly string[] {
  const row = (name: string, each: Tally): string =>
    `${name.padEnd(24)} ${`${each.found}/${each.truths}`.padStart(10)} ${percent(each.recall)} ${percent(each.precision)} ${`${each.falseAlarms}`.padStart(6)}`
  const table = (title: string, rows: ReadonlyMap<string, Tally>): readonly string[] => [
    '',
    `${title.padEnd(24)}      found  recall   prec.  false`,
    ...[...rows].map(([name, each]) => row(name, each)),
  ]
  return [
    row('all', score),
    ...table('consumer', score.byConsumer),
    ...table('kind', score.byKind),
    '',
    ...score.misses.map(
      ({ path, line, consumer, kind, encoding }) => `missed ${path}:${line} ${consumer} ${kind} ${encoding.join(' ')}`,
    ),
    ...score.alarms.map(
      ({ finding, lookalike, misread }) =>
        `false ${finding.path}:${finding.line} ${finding.consumer} ${lookalike?.why ?? (misread ? 'misread' : 'nothing there')}`,
    ),
  ]
}

const percent = (share: number): string => (share * 100).toFixed(2).padStart(7)
