import type { RecordedAnswer } from './recorded-answer.ts'
import type { ExpectedBody, Row } from './row.ts'
import type { Recording, Step } from './walk.ts'

export interface Difference {
  readonly what: string
  readonly expected: string
  readonly found: string
}

export interface Verdict {
  readonly id: string
  readonly says: string
  readonly because: string
  /** A switch of the sandbox that a differing answer settles. */
  readonly settles?: string
  readonly result:
    | { readonly kind: 'same' }
    | { readonly kind: 'differs'; readonly differences: readonly Difference[] }
    | { readonly kind: 'left out' | 'not answered'; readonly because: string }
}

const show = (value: unknown): string =>
  value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value)

const difference = (what: string, expected: unknown, found: unknown): readonly Difference[] =>
  show(expected) === show(found) ? [] : [{ what, expected: show(expected), found: show(found) }]

const inEach = (
  what: string,
  names: readonly string[],
  expected: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): readonly Difference[] => names.flatMap((name) => difference(`${what} ${name}`, expected[name], found[name]))

/** A row names what the facts tell; whatever else an answer holds is free. */
const againstRow = (row: Row, found: RecordedAnswer): readonly Difference[] => {
  const { status, headers, body } = row.expected
  return [
    ...difference('status', status, found.status),
    ...inEach('header', Object.keys(headers), headers, found.headers),
    ...againstBody(body, found.body),
  ]
}

const againstBody = (expected: ExpectedBody, found: RecordedAnswer['body']): readonly Difference[] =>
  expected.kind === 'any' ? [] : inEach('body', Object.keys(expected), { ...expected }, { ...found })

/** Two recordings are compared in all that they hold, but for the number of keys that nobody reads. */
const againstAnswer = (expected: RecordedAnswer, found: RecordedAnswer): readonly Difference[] => {
  const names = (a: object, b: object): readonly string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  const bodyNames = names(expected.body, found.body).filter((name) => name !== 'otherKeys')
  return [
    ...difference('status', expected.status, found.status),
    ...inEach('header', names(expected.headers, found.headers), { ...expected.headers }, { ...found.headers }),
    ...inEach('body', bodyNames, { ...expected.body }, { ...found.body }),
  ]
}

const judge = (row: Row, step: Step, against: (found: RecordedAnswer) => readonly Difference[]): Verdict => {
  const about = {
    id: row.id,
    says: row.says,
    because: row.fact ?? row.source ?? '',
    ...(row.settles === undefined ? {} : { settles: row.settles }),
  }
  if (step.kind !== 'answered') return { ...about, result: { kind: step.kind, because: step.because } }
  const differences = against(step.answer)
  return { ...about, result: differences.length === 0 ? { kind: 'same' } : { kind: 'differs', differences } }
}

const never: Step = { kind: 'left out', because: 'this row is not in the recording' }

/** The sandbox's own examination: does it answer as the facts say. */
export const compareWithRows = (rows: readonly Row[], found: Recording): readonly Verdict[] =>
  rows.map((row) => judge(row, found.steps[row.id] ?? never, (answer) => againstRow(row, answer)))

/** The real service beside the sandbox, row by row. */
export const compareRecordings = (rows: readonly Row[], sandbox: Recording, found: Recording): readonly Verdict[] =>
  rows.map((row) => {
    const here = sandbox.steps[row.id] ?? never
    const there = found.steps[row.id] ?? never
    if (here.kind !== 'answered') return judge(row, here, () => [])
    return judge(row, there, (answer) => againstAnswer(here.answer, answer))
  })
