import { FAILURE_HEADLINES } from '../../messages/failures.ts'
import { Failure } from '../../model/failure.ts'
import type { Paint } from '../output.ts'
import { harmless, masked, wrap } from './text.ts'

const LABEL_WIDTH = 11

/** An error in five parts, always in this order, each absent only if empty. */
export function failureLines(failure: Failure, paint: Paint, width = 80): readonly string[] {
  const { at, because, state, next } = failure.parts
  const parts = [
    ...part('at', at, width),
    ...part('because', because, width),
    ...part('state', state, width),
    ...nextLines(next ?? [], width),
  ]
  const headline = `${paint.red('error')} ${failure.code}: ${FAILURE_HEADLINES[failure.code]}`
  return parts.length === 0 ? [headline] : [headline, '', ...parts]
}

function part(label: string, text: string | undefined, width: number): readonly string[] {
  if (text === undefined || text === '') return []
  const indent = ' '.repeat(LABEL_WIDTH)
  return masked(harmless(text))
    .split('\n')
    .flatMap((line, index) => wrap(line, width, indent, index === 0 ? `  ${label}`.padEnd(LABEL_WIDTH) : indent))
}

/** Commands (they begin with two blanks) stand alone on their lines and are never wrapped, so that they can be copied. */
function nextLines(next: readonly string[], width: number): readonly string[] {
  const indent = ' '.repeat(LABEL_WIDTH)
  const lines = next.flatMap((line) =>
    line.startsWith('  ') ? [`${indent}${masked(harmless(line))}`] : wrap(masked(harmless(line)), width, indent),
  )
  return lines.map((line, index) => (index === 0 ? `  next     ${line.trimStart()}` : line))
}

/** An error that nobody expected: ours to repair. Its own words are kept back, since they may quote what was handled. */
export function defect(error: unknown): Failure {
  const where = error instanceof Error ? (error.stack ?? '').split('\n').find((line) => /\bat\b/.test(line)) : undefined
  return new Failure('R900', {
    ...(where === undefined
      ? {}
      : {
          at: where
            .trim()
            .replace(/^at /, '')
            .replace(/\(?file:\/\/.*\/(dist|src|node_modules)\//, '($1/'),
        }),
    because: error instanceof Error ? `an unexpected ${error.name}` : 'something unexpected was thrown',
    state: 'What was announced in the journal can be continued or put back.',
    next: ['  keyturn status'],
    cause: error,
  })
}

export function failureDocument(failure: Failure): unknown {
  const { at, because, state, next } = failure.parts
  const clean = (text: string | undefined): string | undefined => (text === undefined ? undefined : masked(text))
  return {
    schema: 'keyturn/error/1',
    code: failure.code,
    headline: FAILURE_HEADLINES[failure.code],
    at: clean(at),
    because: clean(because),
    state,
    next: next?.map(masked),
  }
}
