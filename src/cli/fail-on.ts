import { KIND_WORDS } from '../messages/kinds.ts'
import { Failure } from '../model/failure.ts'
import type { Inventory } from '../model/inventory.ts'
import type { SecretKind } from '../model/secret.ts'
import { holding, type ScanReport } from './views/scan-report.ts'

/** What `--fail-on` names: `any` counts every secret, `new` those that are not in the baseline, a kind the new ones of that kind. */
export type FailOn = 'any' | 'new' | SecretKind

const isKind = (word: string): word is SecretKind => Object.hasOwn(KIND_WORDS, word)

/** Reads `none`, `any`, `new`, or kinds with commas between. Throws `Failure` R112 for anything else. */
export function parseFailOn(text: string, hasBaseline: boolean): readonly FailOn[] {
  const words = text.split(',').map((word) => word.trim())
  if (words.length === 1 && words[0] === 'none') return []
  const known = words.filter((word): word is FailOn => word === 'any' || word === 'new' || isKind(word))
  if (known.length !== words.length)
    throw wrong(`it takes none, any, new, or kinds with commas between: ${Object.keys(KIND_WORDS).join(', ')}`, true)
  if (known.includes('new') && !hasBaseline) throw wrong('what is new can only be told against a baseline', false)
  return known
}

function wrong(because: string, hasBaseline: boolean): Failure {
  return new Failure('R112', {
    at: '--fail-on',
    because,
    state: 'Nothing was read.',
    next: [hasBaseline ? '  keyturn scan . --fail-on any' : '  keyturn scan . --baseline FILE --fail-on new'],
    exitCode: 2,
  })
}

/** How many secrets count against the exit code: of everything that was `found`, and of what the report lists. */
export function countFailing(found: Inventory, { inventory }: ScanReport, failOn: readonly FailOn[]): number {
  if (failOn.includes('any')) return holding(found).length
  const listed = holding(inventory)
  if (failOn.includes('new')) return listed.length
  return listed.filter((place) => failOn.some((kind) => kind === place.secret?.kind)).length
}
