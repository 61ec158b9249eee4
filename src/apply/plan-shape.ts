import type { Plan } from '../model/plan.ts'

/**
 * Whether what was read from `plan.json` has what every command relies on. Whether it is the very plan that the run began with its digest
 * tells; this keeps a file of something else from being taken for a defect.
 */
export function isPlan(value: unknown): value is Plan {
  return (
    at(value, 'schema') === SCHEMA &&
    hasTexts(value, ['id']) &&
    ['sources', 'manual', 'steps'].every((name) => Array.isArray(at(value, name))) &&
    elementsOf(at(value, 'sources')).every((source) => typeof source === 'string') &&
    elementsOf(at(value, 'steps')).every(isStep)
  )
}

const SCHEMA: Plan['schema'] = 'keyturn/plan/1'

/** What it says that it is, where that is a plan of another version. */
export function otherVersion(value: unknown): string | undefined {
  const schema = at(value, 'schema')
  return typeof schema === 'string' && schema !== SCHEMA && /^keyturn\/plan\/\d+$/.test(schema) ? schema : undefined
}

function isStep(value: unknown): boolean {
  const [place, from, to, uses] = ['place', 'from', 'to', 'uses'].map((name) => at(value, name))
  return (
    hasTexts(value, ['id']) &&
    hasTexts(place, ['id', 'consumer', 'address']) &&
    isLocation(at(place, 'at')) &&
    hasTexts(from, ['digest']) &&
    at(to, 'username') !== undefined &&
    Array.isArray(uses) &&
    uses.every((use) => hasTexts(use, ['operation', 'by']))
  )
}

function isLocation(value: unknown): boolean {
  return at(value, 'kind') === 'file' ? hasTexts(value, ['path']) : hasTexts(value, ['kind', 'url'])
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof at(value, name) === 'string')
}

function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
