import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { Failure } from '../model/failure.ts'
import type { Plan, Step, StepId } from '../model/plan.ts'
import { lockKeys, stepLocking } from './lock-files.ts'
import { PLAN } from './plan-schema.ts'
import { brokenField, planId } from './seals.ts'
import { planFormat } from './write-plan.ts'

/**
 * A plan from JSON or YAML, whole or edited within limits: steps may go, change their wave and their order, and get another of their
 * `usernames`. Anything else throws `Failure` R202 that names the field. `at` is where the text came from. What is read can be written and
 * read again; it names steps that are gone, which `ofStepsLeft` leaves out.
 */
export function readPlan(text: string, at: string): Plan {
  const parsed = PLAN.safeParse(documentIn(text, at))
  if (!parsed.success) throw unreadable(at, fieldWords(parsed.error))
  const plan = parsed.data
  const because = repeatedStep(plan) ?? editedField(plan) ?? brokenOrder(plan) ?? lockedOut(plan)
  if (because !== undefined) throw unreadable(at, because)
  return { ...plan, steps: byWave(plan.steps) }
}

/** JSON is YAML, too, and JSON is read a hundred times faster. Some editors put a mark before it. */
function documentIn(marked: string, at: string): unknown {
  const text = marked.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch {
    if (/^\s*[{[]/.test(text)) throw unreadable(at, 'it is not whole JSON')
  }
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  const [problem] = document.errors
  if (problem !== undefined)
    throw unreadable(at, `it is neither JSON nor YAML (line ${problem.linePos?.[0].line ?? 1})`)
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw unreadable(at, 'it has an alias of YAML, which a plan does not need')
  }
}

function repeatedStep({ steps }: Plan): string | undefined {
  const seen = new Set<StepId>()
  for (const { id } of steps) {
    if (seen.has(id)) return `two steps are called ${id}`
    seen.add(id)
  }
  return undefined
}

/** What was changed beyond the limits, first the steps, then everything else. */
function editedField(plan: Plan): string | undefined {
  const seals = plan.seals ?? {}
  for (const [index, step] of plan.steps.entries()) {
    const seal = Object.hasOwn(seals, step.id) ? seals[step.id] : undefined
    if (seal === undefined) return `"steps.${index}" (${step.id}) was not in this plan when it was made`
    const field = brokenField(step, seal)
    if (field !== undefined) return `"steps.${index}.${field}" was edited; plan again to change it`
    const username = wrongUsername(step)
    if (username !== undefined) return `"steps.${index}.to.username" ${username}`
  }
  const { id, steps: _steps, ...rest } = plan
  return planId(rest) === id
    ? undefined
    : 'something besides the steps was edited ("createdAt", "sources", "requests", "kept", "manual", "conditions", "retire" or "seals")'
}

function wrongUsername({ to, usernames }: Step): string | undefined {
  if (usernames === undefined) return undefined
  const isAllowed = typeof to.username === 'object' && usernames.includes(to.username.set)
  return isAllowed ? undefined : 'is none of the "usernames" of the step'
}

/** What a step needs is there, and comes in an earlier wave; a manifest and its lock file come in the same. */
function brokenOrder({ steps }: Plan): string | undefined {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const keyOf = lockKeys(steps, stepLocking)
  for (const [index, step] of steps.entries())
    for (const id of step.needs ?? []) {
      const needed = byId.get(id)
      if (needed === undefined) return `"steps.${index}" (${step.id}) needs step ${id}, which is not there`
      const broken = brokenWave(step, needed, keyOf)
      if (broken !== undefined) return `"steps.${index}.wave" (${step.id}) ${broken}`
    }
  return undefined
}

function brokenWave(step: Step, needed: Step, keyOf: (step: Step) => string | undefined): string | undefined {
  const key = keyOf(step)
  if (key !== undefined && key === keyOf(needed))
    return waveOf(needed) === waveOf(step)
      ? undefined
      : `must be the wave of step ${needed.id}, whose file holds the same`
  return waveOf(needed) < waveOf(step) ? undefined : `must be later than the wave of step ${needed.id}, which it needs`
}

/** What keyturn signs in with changes after everything for which it has to sign in. */
function lockedOut({ steps }: Plan): string | undefined {
  const latest = steps.reduce<Step | undefined>(
    (last, step) => (step.last || (last !== undefined && waveOf(last) >= waveOf(step)) ? last : step),
    undefined,
  )
  const index = steps.findIndex((step) => step.last && latest !== undefined && waveOf(step) <= waveOf(latest))
  return index === -1
    ? undefined
    : `"steps.${index}.wave" (${steps[index]?.id}) must be later than every other wave (step ${latest?.id}): keyturn itself signs in with it`
}

function waveOf({ wave }: Step): number {
  return wave ?? 1
}

/** Sorting keeps the order inside a wave. */
function byWave(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((one, other) => waveOf(one) - waveOf(other))
}

/** Names the field and what was expected there, never what stands there. */
function fieldWords(error: z.ZodError): string {
  const [first] = error.issues
  const field = first?.path.join('.') ?? ''
  return `${field === '' ? 'the document' : `"${field}"`} is not as the format asks (${first?.code ?? 'invalid'})`
}

function unreadable(at: string, because: string): Failure {
  const next = [`  keyturn plan PATH -o plan.${planFormat(at)}`]
  return new Failure('R202', { at, because, state: 'Nothing was changed.', next })
}
