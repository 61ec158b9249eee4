import { variableOf } from './account.ts'
import type { Verdict } from './compare.ts'
import { type Name, names, type Role, type Row, roles } from './row.ts'

export interface Counts {
  readonly same: number
  readonly differs: number
  readonly leftOut: number
  readonly notAnswered: number
}

const counted = (verdicts: readonly Verdict[], kind: Verdict['result']['kind']): number =>
  verdicts.filter(({ result }) => result.kind === kind).length

export const countVerdicts = (verdicts: readonly Verdict[]): Counts => ({
  same: counted(verdicts, 'same'),
  differs: counted(verdicts, 'differs'),
  leftOut: counted(verdicts, 'left out'),
  notAnswered: counted(verdicts, 'not answered'),
})

/** 0 all that was asked is the same, 3 something differs, 5 the walk was cut short. */
export const exitCodeOf = ({ differs, notAnswered }: Counts): number => {
  if (differs > 0) return 3
  return notAnswered > 0 ? 5 : 0
}

const linesOf = (verdict: Verdict, beside: string): readonly string[] => {
  const { result } = verdict
  switch (result.kind) {
    case 'same':
      return []
    case 'differs':
      return [
        verdict.says,
        ...result.differences.map(({ what, expected, found }) => `${what}: ${beside} ${expected}; found ${found}`),
        `because: ${verdict.because}`,
        ...(verdict.settles === undefined ? [] : [`settles: the switch ${verdict.settles} of the sandbox`]),
      ]
    case 'left out':
    case 'not answered':
      return [result.because]
  }
}

/** The table for a person; `beside` says what the answers were compared with. */
export const tableOf = (verdicts: readonly Verdict[], beside: string): string => {
  const width = Math.max(...verdicts.map(({ id }) => id.length))
  const rows = verdicts.flatMap((verdict) => [
    `${verdict.id.padEnd(width)}  ${verdict.result.kind}`,
    ...linesOf(verdict, beside).map((line) => `    ${line}`),
  ])
  const { same, differs, leftOut, notAnswered } = countVerdicts(verdicts)
  const total = `${verdicts.length} rows: ${same} same, ${differs} differ, ${leftOut} left out, ${notAnswered} not answered`
  return [...rows, '', total, ''].join('\n')
}

/** What to give, and under which name. */
export const accountHelp = (): string => {
  const line = ([key, text]: readonly [string, string]): string => `  ${variableOf(key as Name | Role)}\n      ${text}`
  return [...Object.entries(names).map(line), ...Object.entries(roles).map(line)].join('\n')
}

export const listOf = (rows: readonly Row[]): string =>
  rows.map(({ id, says, url, fact, source }) => `${id}\n    ${says}\n    GET ${url}\n    ${fact ?? source}\n`).join('')
