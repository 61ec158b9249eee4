import type { PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import { locationText, whereIs } from '../model/place.ts'
import type { Plan, Step } from '../model/plan.ts'
import { controllerFlag, sourceWords } from './command-words.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { readNow } from './prove.ts'
import { readEach } from './read-each.ts'
import { isGoingBack, type RunState, tally } from './run-state.ts'
import { namesSame } from './same-entry.ts'

export function requireTokens(plan: Plan): void {
  const waiting = plan.steps.filter((step) => step.to.request !== undefined)
  if (waiting.length === 0) return
  throw new Failure('R203', {
    at: `plan ${plan.id}`,
    because: `${waiting.length === 1 ? '1 step waits' : `${waiting.length} steps wait`} for a token that a person has to create`,
    state: 'Nothing was changed.',
    next: [
      'Create the tokens that the plan names, keep each in the vault, and plan again:',
      '  keyturn token add NAME --email ADDRESS --username NAME',
      `  keyturn plan${sourceWords(plan)}`,
    ],
    exitCode: 3,
  })
}

/** So many are asked about at once: few questions to a system that answers for many, and few answers in memory. */
const AT_ONCE = 1000

/** Every place is read before the first act: a plan that does not fit the world any more is refused whole. */
export async function requireFresh(plan: Plan, deps: ApplyDeps): Promise<void> {
  let read = 0
  // Consumers that are asked answer for many places at once.
  for (const [consumer, steps] of groupedBy(plan.steps, ({ place }) => place.consumer)) {
    const connector = connectorOf(deps, consumer)
    for (let from = 0; from < steps.length; from += AT_ONCE) {
      const some = steps.slice(from, from + AT_ONCE)
      const places = some.map(({ place }) => place)
      const states = await readEach(connector, places, deps.context)
      for (const [index, step] of some.entries()) requireAsPlanned(step, await exactly(step, states[index], deps), plan)
      read += some.length
      deps.onEvent?.({ kind: 'read', number: read, of: plan.steps.length })
    }
  }
}

function whyNotAsPlanned(found: PlaceState | undefined, { createdAt }: Plan): string {
  if (found?.kind !== 'present') return 'the place was not found there any more; the file may be damaged'
  return found.inPart
    ? 'this login is not shown all that the plan was made with, so whether the place is as planned cannot be told'
    : `the place was changed after the plan was made (${createdAt.slice(0, 16).replace('T', ' ')} UTC)`
}

/** A login that is shown more than the one that planned finds another digest; a place that is asked alone tells what the other would find. */
async function exactly(
  step: Step,
  found: PlaceState | Failure | undefined,
  deps: ApplyDeps,
): Promise<PlaceState | Failure | undefined> {
  const isOther =
    found !== undefined && !(found instanceof Failure) && found.kind === 'present' && !isAsPlanned(step, found)
  return isOther && step.place.at.kind === 'url' ? readNow(step, deps) : found
}

function isAsPlanned(step: Step, found: PlaceState | undefined): boolean {
  const { from } = step
  if (found?.kind !== 'present') return from.digest === 'absent'
  // Many entries of a list hold the same bytes, and one that came before them gives each the address of another.
  if (namesSame(step, found.place) === false) return false
  return found.digest === from.digest || (found.partDigest !== undefined && found.partDigest === from.digest)
}

function requireAsPlanned(step: Step, found: PlaceState | Failure | undefined, plan: Plan): void {
  if (found instanceof Failure) throw notRead(found, plan)
  if (isAsPlanned(step, found)) {
    if (isClosed(step, found)) throw notOpened(step)
    return
  }
  throw new Failure('R201', {
    at: whereIs(step.place),
    because: whyNotAsPlanned(found, plan),
    state: 'Nothing was changed.',
    next: [PLAN_AGAIN, `  keyturn plan${sourceWords(plan)}`],
    exitCode: 4,
  })
}

/** A plan does not know whether it was made for one job, or with a token that was named: without that, the next one reaches farther. */
const PLAN_AGAIN = 'Plan again, with the options of this plan:'

/** The plan knows the secret of this file, and here it cannot be read: what opens it was given then, and is not now. */
function isClosed({ place, from }: Step, found: PlaceState | undefined): boolean {
  const held = found?.kind === 'present' ? (found.place.secret ?? found.credential) : undefined
  return place.at.kind === 'file' && from.fingerprint !== undefined && held === undefined
}

/** Found before the first act: in the middle of a run it would stop there, with half of the places changed. */
function notOpened({ place }: Step): Failure {
  return new Failure('R112', {
    at: whereIs(place),
    because: 'it is encrypted, and no password that was given opens it',
    state: 'Nothing was changed.',
    next: ['  keyturn apply PLAN --vault-password-file FILE'],
    exitCode: 2,
  })
}

/** Whether a place is as planned could not be seen. */
function notRead({ code, parts }: Failure, plan: Plan): Failure {
  return new Failure(code, {
    ...parts,
    state: 'Nothing was changed.',
    next: [
      ...(parts.next ?? []),
      'If the place is to stay as it is now, make another plan, with the options of this one:',
      `  keyturn plan${sourceWords(plan)}`,
    ],
  })
}

/** An open run is continued or put back before another one begins, so that every place has one history. */
export async function refuseOtherRuns(plan: Plan, deps: ApplyDeps): Promise<void> {
  const mine = new Set(plan.steps.map(placeKey))
  for (const name of await deps.runs.names()) {
    const state = await readOrPass(name, mine, deps)
    if (state === undefined) continue
    if (state.plan.id === plan.id && state.outcome === 'applied') throw alreadyApplied(plan, state)
    const { changed, announced } = tally(state)
    const isStopped = state.outcome === 'stopped' && state.forgotten === undefined
    if (state.plan.id === plan.id && isStopped && changed + announced > 0)
      throw notEnded(state, 'it carries out this very plan, and was stopped in the middle')
    const mayChange = isStopped ? announced > 0 : state.outcome === 'open' && changed + announced > 0
    if (!mayChange || !state.plan.steps.some((step) => mine.has(placeKey(step)))) continue
    const why = isStopped ? 'it was stopped before all that it had announced was changed' : 'its journal has no end'
    throw notEnded(state, `${why}, and it changes places of this plan`)
  }
}

function notEnded(state: RunState, because: string): Failure {
  const { run, plan } = state
  const back = `  keyturn rollback ${run}${controllerFlag(plan)}`
  return new Failure('R310', {
    at: `run ${run}`,
    because,
    state: 'This command changed nothing.',
    next: isGoingBack(state)
      ? [back]
      : [
          'Go on with it:',
          `  keyturn apply ${run} --resume${controllerFlag(plan, { opens: true })}`,
          'or put its places back:',
          back,
        ],
  })
}

/** A run whose journal is damaged stands in the way of its own places only. */
async function readOrPass(name: string, mine: ReadonlySet<string>, deps: ApplyDeps): Promise<RunState | undefined> {
  try {
    return await deps.runs.read(name)
  } catch (error) {
    const plan = error instanceof Failure && error.code === 'R312' ? await planOf(name, deps) : undefined
    if (plan === undefined || plan.steps.some((step) => mine.has(placeKey(step)))) throw error
    return undefined
  }
}

async function planOf(name: string, deps: ApplyDeps): Promise<Plan | undefined> {
  return deps.runs.plan(name).catch((error: unknown) => {
    if (error instanceof Failure) return undefined
    throw error
  })
}

/** Names a place in every plan alike. */
export function placeKey({ place }: Pick<Step, 'place'>): string {
  return JSON.stringify([place.consumer, place.address, place.at.kind, locationText(place.at)])
}

/** Without git nothing could be proved, so nothing is changed. Throws R107. */
export async function requireGit(plan: Plan, { context }: ApplyDeps): Promise<void> {
  const asksGit = plan.steps.some(
    (step) => step.place.at.kind === 'file' && step.uses.some((use) => use.operation.startsWith('git-')),
  )
  const { processes } = context.system
  if (asksGit) await processes.run({ command: 'git', args: ['--version'], environment: processes.environment() })
}

function alreadyApplied(plan: Plan, { run, steps }: RunState): Failure {
  const others = plan.steps.filter(({ id }) => !steps.has(id)).length
  const verify = `  keyturn verify ${run}${controllerFlag(plan, { opens: true })}`
  return new Failure('R201', {
    at: `plan ${plan.id}`,
    because: `it was carried out as run ${run}${others === 0 ? '' : `, without ${others} of these steps`}`,
    state: 'This command changed nothing.',
    next:
      others === 0
        ? [verify]
        : ['For the rest make another plan, with the options of this one:', `  keyturn plan${sourceWords(plan)}`],
    exitCode: 4,
  })
}
