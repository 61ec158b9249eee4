import type { Played } from './play.ts'

export type Verdict = 'right' | 'unknown' | 'wrong'

const UNKNOWN: readonly string[] = ['D190', 'D191']
/** One of two that the site would tell apart. */
const TWINS: readonly string[] = ['D102', 'D103']

export interface Judgement {
  readonly verdict: Verdict
  /** Why it is wrong. */
  readonly because?: string
}

/** The first diagnosis counts. */
export function judge({ expectation, said }: Pick<Played, 'expectation' | 'said'>, siteIsNamed: boolean): Judgement {
  const [first = 'nothing'] = said
  const { right, untold, works } = expectation
  if (right.some((code) => code === first)) return { verdict: UNKNOWN.includes(first) ? 'unknown' : 'right' }
  if (first === 'D104' && !siteIsNamed && right.some((code) => TWINS.includes(code))) return { verdict: 'right' }
  if (UNKNOWN.includes(first))
    return untold === undefined ? { verdict: 'wrong', because: 'it can be shown' } : { verdict: 'unknown' }
  if (first === 'D100') return { verdict: 'wrong', because: works ? 'nothing was proved' : 'the command fails' }
  return {
    verdict: 'wrong',
    because: works ? 'the command works' : 'this was not planted, or is not what stops the command',
  }
}

/** The oracle is checked by the real command. */
export function contradiction({ expectation, witness }: Pick<Played, 'expectation' | 'witness'>): string | undefined {
  const works = witness.exitCode === 0
  if (works === expectation.works) return undefined
  return `the oracle says that the command ${expectation.works ? 'works' : 'fails'}, and it ${works ? 'works' : 'fails'}`
}
