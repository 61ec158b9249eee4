import type { PlaceId } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import type { Draft } from './drafts.ts'
import { fileName, lockedTogether, stepLocking } from './lock-files.ts'
import type { PlanInput } from './plan-input.ts'

/**
 * The order of stages. A URL loses its username before its credential changes, since a credential answers a URL without a name under
 * any. What is made comes before what names it, and that before the old credential. What serves most comes late, what keyturn itself
 * signs in with last: it never locks itself out.
 */
const STAGES = [
  'pins of canaries',
  'canaries',
  'pins',
  'files of a developer',
  'what jobs hold',
  'tools',
  'made',
  'rewired',
  'credentials of folders',
  'credentials of the controller',
  'own',
] as const
type Stage = (typeof STAGES)[number]

const DEVELOPERS: ReadonlySet<string> = new Set([
  'git-config',
  'git-credentials',
  'netrc',
  'gcm',
  'git-helper',
  'git-askpass',
])

/** Numbers steps in the order of their waves, which are counted without gaps. */
export function ordered(drafts: readonly Draft[], input: PlanInput): readonly Step[] {
  const locked = lockedDrafts(drafts)
  const canaries = new Set([...canariesOf(drafts, input)].flatMap((draft) => locked.get(draft)?.all ?? [draft]))
  const needed = neededBy(canaries)
  const plain = new Map(drafts.map((draft) => [draft, STAGES.indexOf(stageOf(draft, canaries, needed, input))]))
  const groupStage = new Map(
    [...new Set(locked.values())].map(({ all }) => [all, least(all.map((draft) => plain.get(draft) ?? 0))]),
  )
  const staged = drafts.map((draft) => {
    const group = locked.get(draft)?.all
    return { draft, stage: (group === undefined ? plain.get(draft) : groupStage.get(group)) ?? 0 }
  })
  staged.sort((one, other) => one.stage - other.stage || byId(one.draft.place.id, other.draft.place.id))
  const waves = new Map([...new Set(staged.map(({ stage }) => stage))].map((stage, index) => [stage, index + 1]))
  const ids = new Map(staged.map(({ draft }, index) => [draft, `s${index + 1}`]))
  return staged.map(({ draft, stage }) => stepOf(draft, { wave: waves.get(stage) ?? 1, ids, locked, own: input.own }))
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.min(one, other))
}

/** A draft of a manifest and its lock files. */
interface Locked {
  readonly all: readonly Draft[]
  /** Each needs another one in a ring, so that a plan that lost one of them is refused. */
  readonly next: Draft
  readonly files: readonly string[]
}

function lockedDrafts(drafts: readonly Draft[]): ReadonlyMap<Draft, Locked> {
  const groups = lockedTogether(drafts, stepLocking)
  return new Map(
    [...groups.values()].flatMap((group) => {
      const all = [...group].sort((one, other) => byId(one.place.id, other.place.id))
      const files = [...new Set(all.map(({ place }) => fileName(place.at)))]
      return all.map((draft, index) => [draft, { all, files, next: all[(index + 1) % all.length] ?? draft }] as const)
    }),
  )
}

/** Bytewise, so that it is the same everywhere. */
function byId(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

interface Order {
  readonly wave: number
  readonly ids: ReadonlyMap<Draft, string>
  readonly locked: ReadonlyMap<Draft, Locked>
  readonly own: PlanInput['own']
}

function stepOf(draft: Draft, { wave, ids, locked, own }: Order): Step {
  const { part: _part, isPin: _isPin, conditions: _conditions, needs, ...step } = draft
  const group = locked.get(draft)
  const needed = [...needs, ...(group === undefined ? [] : [group.next])].flatMap((one) => ids.get(one) ?? [])
  const others = group?.files.filter((name) => name !== fileName(draft.place.at)) ?? []
  const reason =
    others.length === 0 ? step.reason : `${step.reason}; together with ${others.join(', ')}, which holds the same`
  return {
    id: ids.get(draft) ?? '',
    ...step,
    reason,
    to: withoutEmpty(step.to),
    wave,
    ...(needed.length === 0 ? {} : { needs: needed }),
    ...(isOwn(draft, own) ? { last: true } : {}),
  }
}

function isOwn({ from }: Draft, own: PlanInput['own']): boolean {
  return from.fingerprint !== undefined && own?.has(from.fingerprint) === true
}

/** Most places name one credential that is split. */
function withoutEmpty(to: Step['to']): Step['to'] {
  if (to.reference?.also?.length !== 0) return to
  const { also: _none, ...reference } = to.reference
  return { ...to, reference }
}

/** At any remove. */
function neededBy(drafts: Iterable<Draft>): ReadonlySet<Draft> {
  const needed = new Set<Draft>()
  const todo = [...drafts]
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const one of next.needs) {
      if (!needed.has(one)) todo.push(one)
      needed.add(one)
    }
  return needed
}

function stageOf(draft: Draft, canaries: ReadonlySet<Draft>, needed: ReadonlySet<Draft>, input: PlanInput): Stage {
  if (isOwn(draft, input.own)) return 'own'
  if (canaries.has(draft)) return 'canaries'
  if (draft.isPin && needed.has(draft)) return 'pins of canaries'
  return plainStage(draft)
}

function plainStage({ part, isPin, place }: Draft): Stage {
  if (part === 'make') return 'made'
  if (part === 'rewire') return 'rewired'
  if (isPin) return 'pins'
  if (place.address.startsWith('job/')) return 'what jobs hold'
  if (DEVELOPERS.has(place.consumer)) return 'files of a developer'
  if (place.address.startsWith('system/')) return 'credentials of the controller'
  return place.address.startsWith('folder/') ? 'credentials of folders' : 'tools'
}

/**
 * The named ones, as far as they can be first; otherwise of each token that several places get, the least important place that can be
 * proved: a developer's file before a tool's, one that git uses before others. Always one.
 */
function canariesOf(drafts: readonly Draft[], { policy, own }: PlanInput): ReadonlySet<Draft> {
  const named = new Set<PlaceId>(policy.canaries ?? [])
  const able = drafts.filter(
    (draft) =>
      draft.isPin === undefined &&
      draft.part === undefined &&
      // What is split changes after its jobs were told.
      draft.needs.every(({ part }) => part === undefined) &&
      !isOwn(draft, own),
  )
  const chosen = able.filter(({ place }) => named.has(place.id))
  if (chosen.length > 0) return new Set(chosen)
  const byToken = new Map<string, Draft[]>()
  for (const draft of able) {
    const token = draft.to.token ?? draft.to.request ?? ''
    const group = byToken.get(token)
    if (group === undefined) byToken.set(token, [draft])
    else group.push(draft)
  }
  const firsts = [...byToken.values()].filter(({ length }) => length > 1).map(leastImportant)
  const [first] = able
  return new Set(firsts.length > 0 || first === undefined ? firsts : [leastImportant(able)])
}

function leastImportant(drafts: readonly Draft[]): Draft {
  const [first, ...others] = drafts
  if (first === undefined) throw new RangeError('no draft to choose from')
  return others.reduce((least, draft) => (importance(draft) < importance(least) ? draft : least), first)
}

function importance(draft: Draft): number {
  const isProved = draft.uses.some(
    ({ operation, repository }) => operation.startsWith('git-') && repository !== undefined,
  )
  // One clone is used by one person, a store or netrc by all that this person does.
  const isShared = draft.place.consumer !== 'git-config'
  return STAGES.indexOf(plainStage(draft)) * 4 + (isShared ? 2 : 0) + (isProved ? 0 : 1)
}
