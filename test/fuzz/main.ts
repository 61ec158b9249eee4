import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPrefilter } from '../../src/scan/prefilter/prefilter.ts'
import { allTargets, type Finding, type Target } from './cases.ts'
import { badGrowth, type Growth, patternFrom } from './growth.ts'
import { foundSeeds, runPrefilter } from './prefilter-property.ts'
import { runCases } from './run-cases.ts'
import { chanceOf, corpusSeeds, fixtureSeeds, type Seed } from './seeds.ts'
import { ESCAPES } from './veils.ts'

const USAGE = `usage: npm run fuzz -- [--seconds N] [--seed N] [--only PATTERN] [--no-growth] [--json]
       npm run fuzz -- --prefilter [--cases N] [--seed N] [--escapes]
`

interface Slow {
  readonly target: string
  readonly pattern: string
  readonly growth: Growth
  readonly file: string
}

interface Report {
  readonly seed: number
  readonly seconds: number
  readonly cases: Readonly<Record<string, number>>
  readonly growths: Readonly<Record<string, number>>
  readonly findings: readonly {
    readonly target: string
    readonly path: string
    readonly problem: string
    readonly file: string
  }[]
  readonly slow: readonly Slow[]
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      growth: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      prefilter: { type: 'boolean', default: false },
      escapes: { type: 'boolean', default: false },
      cases: { type: 'string', default: '1000000' },
      root: { type: 'string', default: process.cwd() },
      found: { type: 'string', default: 'found' },
    },
    allowNegative: true,
  })
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
  const only = new RegExp(values.only, 'i')
  const targets = allTargets().filter(({ name }) => only.test(name))
  if (!(seconds > 0) || !Number.isInteger(seed) || targets.length === 0) {
    process.stderr.write(USAGE)
    process.exitCode = 2
    return
  }
  mkdirSync(values.found, { recursive: true })
  const seeds = [...fixtureSeeds(values.root, seed), ...corpusSeeds(seed)]
  process.stderr.write(`${targets.length} targets, ${seeds.length} documents to start from, seed ${seed}\n`)
  if (values.prefilter) {
    showPrefilter(seeds, { seed, cases: Number(values.cases), escapes: values.escapes, folder: values.found })
    return
  }
  const began = Date.now()
  const share = values.growth ? 0.5 : 1
  const cases = casesFor(seconds * share, { targets, seeds, seed, folder: values.found })
  const growths = values.growth
    ? growthsUntil(began + seconds * 1000, { targets, seeds, seed, folder: values.found })
    : { slow: [], tried: new Map<string, number>() }
  show(
    {
      seed,
      seconds: Math.round((Date.now() - began) / 1000),
      cases: Object.fromEntries(cases.cases),
      growths: Object.fromEntries(growths.tried),
      findings: cases.findings.map((finding) => ({ ...finding, bytes: undefined, file: kept(finding, values.found) })),
      slow: growths.slow,
    },
    values.json,
  )
}

interface PrefilterChoice {
  readonly seed: number
  readonly cases: number
  readonly escapes: boolean
  readonly folder: string
}

/** Whether it drops something that a detector would find, on as many documents as are asked for. */
function showPrefilter(all: readonly Seed[], { seed, cases, escapes, folder }: PrefilterChoice): void {
  const seeds = foundSeeds(all)
  const began = Date.now()
  const veils = escapes ? ESCAPES : []
  const { asked, broken, beyond } = runPrefilter({ prefilter: openPrefilter(), seeds, seed, cases, veils })
  const seconds = Math.round((Date.now() - began) / 1000)
  process.stdout.write(
    `${cases} documents near ${seeds.length} true ones in ${seconds} s: ${asked} without a hit, which every detector read\n`,
  )
  process.stdout.write(
    `${broken.length} dropped that a detector would find; ${beyond.length} below more layers than it promises to see\n`,
  )
  for (const { index, path, bytes, places, thrown } of broken.slice(0, 20)) {
    const problem = thrown === undefined ? `drops case ${index}` : `case ${index}: ${thrown}`
    const file = kept({ target: `prefilter ${places[0]?.consumer ?? ''}`, path, bytes, problem }, folder)
    process.stdout.write(
      `${path}: ${thrown ?? ''}${places.map(({ consumer, address }) => `${consumer} ${address}`).join(', ')}\n  ${file}\n`,
    )
  }
  process.exitCode = broken.length > 0 ? 1 : 0
}

interface Ground {
  readonly targets: readonly Target[]
  readonly seeds: readonly Seed[]
  readonly seed: number
  readonly folder: string
}

function casesFor(seconds: number, { targets, seeds, seed, folder }: Ground) {
  const end = Date.now() + seconds * 1000
  return runCases({
    targets,
    seeds,
    seed,
    goesOn: () => Date.now() < end,
    onCase: (target, { path, bytes }) => {
      writeFileSync(join(folder, 'current'), bytes)
      if (bytes.length > 16_384) writeFileSync(join(folder, 'current-target'), `${target.name}\n${path}\n`)
    },
    onFinding: (finding) => process.stderr.write(`${finding.target}: ${finding.problem}\n  ${kept(finding, folder)}\n`),
  })
}

/** The bytes in a file of their own, to be run again. */
function kept({ target, path, bytes, problem }: Finding, folder: string): string {
  const name = `${target} ${problem}`.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)
  const file = join(folder, `${name}-${path.slice(path.lastIndexOf('/') + 1)}`)
  writeFileSync(file, bytes)
  return file
}

function growthsUntil(end: number, { targets, seeds, seed, folder }: Ground) {
  const slow: Slow[] = []
  const tried = new Map<string, number>()
  const all = targets.filter(({ name }) => name.startsWith('scan'))
  while (Date.now() < end)
    // The scan asks every detector, so it says most, and comes each time in between.
    for (const target of targets.flatMap((one) => [one, ...all])) {
      if (Date.now() >= end) break
      const turn = tried.get(target.name) ?? 0
      const random = chanceOf(seed, `growth of ${target.name}`, turn)
      const pattern = patternFrom(
        seeds,
        seeds.filter((one) => target.expects(one)),
        random,
      )
      tried.set(target.name, turn + 1)
      const growth = badGrowth(target, pattern)
      if (growth === undefined) continue
      const finding = {
        target: target.name,
        path: pattern.path,
        problem: `grows ${turn}`,
        bytes: pattern.bytes(64 * 1024),
      }
      slow.push({ target: target.name, pattern: pattern.name, growth, file: kept(finding, folder) })
      process.stderr.write(`${slowLine(slow.at(-1))}\n`)
    }
  return { slow, tried }
}

function slowLine(slow: Slow | undefined): string {
  if (slow === undefined) return ''
  const { target, pattern, growth, file } = slow
  const times = growth.ms.map(
    (ms, index) => `${Math.round((growth.sizes[index] ?? 0) / 1024)} KiB ${Math.round(ms)} ms`,
  )
  return `${target}: time grows with the power ${growth.power.toFixed(1)} of the size: ${pattern}\n  ${times.join(', ')}\n  ${file}`
}

function show(report: Report, isJson: boolean): void {
  if (isJson) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else {
    const lines = Object.entries(report.cases).map(
      ([target, count]) =>
        `${String(count).padStart(8)} cases ${String(report.growths[target] ?? 0).padStart(5)} growths  ${target}`,
    )
    const total = Object.values(report.cases).reduce((sum, count) => sum + count, 0)
    const measured = Object.values(report.growths).reduce((sum, count) => sum + count, 0)
    process.stdout.write(`${lines.join('\n')}\n\n`)
    process.stdout.write(`${total} cases and ${measured} growths in ${report.seconds} s, seed ${report.seed}\n`)
    for (const { target, problem, file } of report.findings) process.stdout.write(`${target}: ${problem}\n  ${file}\n`)
    for (const slow of report.slow) process.stdout.write(`${slowLine(slow)}\n`)
  }
  process.exitCode = report.findings.length + report.slow.length > 0 ? 1 : 0
}

main()
