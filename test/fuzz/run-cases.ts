import type { Document } from '../../src/model/consumer.ts'
import { documentOfCase, type Finding, failureOf, kindOf, type Target } from './cases.ts'
import type { Seed } from './seeds.ts'
import { shrunk } from './shrink.ts'

export interface CaseRun {
  readonly targets: readonly Target[]
  readonly seeds: readonly Seed[]
  readonly seed: number
  /** Asked before every round of one case for each target. */
  readonly goesOn: (round: number) => boolean
  /** Told of every document before it is read, so that one which ends the process is known. */
  readonly onCase?: (target: Target, document: Document) => void
  readonly onFinding?: (finding: Finding) => void
}

export interface Ran {
  readonly findings: readonly Finding[]
  /** By target. */
  readonly cases: ReadonlyMap<string, number>
}

/** Gives every target one changed document after the other. Of failures of one kind the first is kept, made small. */
export function runCases({ targets, seeds, seed, goesOn, onCase, onFinding }: CaseRun): Ran {
  const cases = new Map<string, number>()
  const found = new Map<string, Finding>()
  const expected = new Map(targets.map((target) => [target.name, seeds.filter((one) => target.expects(one))]))
  for (let round = 0; goesOn(round); round++)
    for (const target of targets) {
      const document = documentOfCase(target, seeds, expected.get(target.name) ?? [], seed, round)
      onCase?.(target, document)
      cases.set(target.name, round + 1)
      const problem = failureOf(target, document)
      const key = `${target.name}\0${kindOf(problem ?? '')}`
      if (problem === undefined || found.has(key)) continue
      const finding = smallest(target, document, problem)
      found.set(key, finding)
      onFinding?.(finding)
    }
  return { findings: [...found.values()], cases }
}

function smallest(target: Target, document: Document, problem: string): Finding {
  const deadline = problem.startsWith('still busy') ? 2000 : undefined
  const isWrong = (bytes: Buffer): boolean => {
    const again = failureOf(target, { ...document, bytes }, deadline)
    return again !== undefined && kindOf(again).slice(0, 20) === kindOf(problem).slice(0, 20)
  }
  const bytes = shrunk(Buffer.from(document.bytes), isWrong, deadline === undefined ? 1500 : 40)
  const last = failureOf(target, { ...document, bytes }, deadline)
  return { target: target.name, path: document.path, problem: last ?? problem, bytes }
}
