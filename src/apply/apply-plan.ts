import type { ExitCode } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { Actor } from '../model/journal-entry.ts'
import { locationText } from '../model/place.ts'
import type { Plan, Step, StepId } from '../model/plan.ts'
import type { System } from '../model/ports.ts'
import type { SecretKind } from '../model/secret.ts'
import { refuseOtherRuns, requireFresh, requireGit, requireTokens } from './before-apply.ts'
import { whyNotForward } from './can-go-on.ts'
import type { ApplyDeps } from './deps.ts'
import { groupsOf } from './file-groups.ts'
import { type Lane, lanesOf, realPaths, runLanes } from './lanes.ts'
import { withLock } from './lock.ts'
import { beforeOrAfter, movedPlaces } from './moved-places.ts'
import { performGroup } from './perform-group.ts'
import { credentialChange } from './perform-step.ts'
import type { RunFolder } from './run-folder.ts'
import { type RunState, stepState, tally } from './run-state.ts'
import { keyMark, requireSameKey } from './same-key.ts'
import { requireSamePlan } from './same-plan.ts'
import { stagesOf } from './stages.ts'
import { failureOfRun, inRun } from './stopped-run.ts'
import { sweepTemporaries } from './sweep.ts'

export interface ApplyOptions {
  /** The steps that run come to their end, then the run stops. */
  readonly signal?: AbortSignal
  /** So many steps come first; then somebody is asked, unless they were all proved before. */
  readonly canary?: Canary
  /** So many steps at most are changed before all of them are proved. Absent: no limit but that of the plan. */
  readonly batch?: number
  /** How many steps may run at the same time on one host; the files of this machine count as one host. Absent: 1. */
  readonly jobs?: number
}

export interface Canary {
  readonly after: number
  /** Of how many steps it is told, and how many of them could not be checked. Any answer but `true` stops the run there. */
  readonly goOn: (steps: number, open: number) => Promise<boolean | 'interrupted'>
}

export interface RunOutcome {
  readonly state: RunState
  readonly exitCode: ExitCode
}

/** Carries out a plan from its beginning. Nothing is changed unless every place is still as the plan expects. */
export function applyPlan(plan: Plan, given: ApplyDeps, options: ApplyOptions = {}): Promise<RunOutcome> {
  const deps = withTokensOnce(given)
  return withLock(given.state, given.context.system, async () => {
    requireTokens(plan)
    for (const step of plan.steps) await credentialChange(step, deps)
    await refuseOtherRuns(plan, deps)
    await requireGit(plan, deps)
    const realPath = await realPathsToWrite(plan, deps)
    await requireFresh(plan, deps)
    const run = await deps.runs.create(await runName(plan, deps), plan, deps.context.system.clock)
    await begin(run, deps)
    return perform(run, plan.steps, realPath, deps, options)
  })
}

/** Continues a run from where its journal stands: after a crash, a refusal, or an interruption. */
export function resumeRun(name: string, given: ApplyDeps, options: ApplyOptions = {}): Promise<RunOutcome> {
  const deps = withTokensOnce(given)
  return withLock(given.state, given.context.system, async () => {
    const run = await deps.runs.open(name, deps.context.system.clock)
    requireGoingForward(run)
    requireSamePlan(run.state())
    requireSameKey(run.state(), deps.context)
    await requireGit(run.plan, deps)
    await inRun(run, 'apply', () => goOn(run, deps))
    const steps = await wherePlacesAre(run, deps)
    return perform(run, steps, await realPathsToWrite(run.plan, deps), deps, options)
  })
}

async function goOn(run: RunFolder, deps: ApplyDeps): Promise<void> {
  // Killed between plan and journal; it may have been put back since, which is all that its journal holds then.
  if (run.state().startedAt === '') await begin(run, deps)
  else await run.record({ kind: 'resumed', doing: 'apply', by: actorOf(deps.context.system) })
  await sweepTemporaries(run.plan, deps.context.system.files)
}

/** While the run stood still, entries of its lists may have come, gone or changed places. */
async function wherePlacesAre(run: RunFolder, deps: ApplyDeps): Promise<readonly Step[]> {
  const whereNow = movedPlaces(run.state, deps, beforeOrAfter)
  const open = run.plan.steps.filter((step) => step.place.at.kind === 'file' && !isFinished(run, step))
  const moved = new Map<StepId, Step>()
  for (const group of groupedBy(open, ({ place }) => `${place.consumer} ${locationText(place.at)}`).values())
    for (const [index, place] of (await whereNow(group)).entries()) {
      const step = group[index]
      if (step !== undefined && place !== undefined) moved.set(step.id, { ...step, place })
    }
  return run.plan.steps.map((step) => moved.get(step.id) ?? step)
}

async function begin(run: RunFolder, deps: ApplyDeps): Promise<void> {
  const by = actorOf(deps.context.system)
  const { run: name, plan, planDigest } = run
  const tokenKinds = await kindsOf(plan, deps)
  await deps.runs.setAside(run, deps.context.system.random)
  await run.record({
    kind: 'began',
    run: name,
    plan: plan.id,
    planDigest,
    by,
    key: keyMark(deps.context),
    tokenKinds,
    at: now(deps),
  })
}

async function kindsOf(plan: Plan, deps: ApplyDeps): Promise<Readonly<Record<string, SecretKind>>> {
  const names = new Set(plan.steps.flatMap(({ to }) => (to.token === undefined ? [] : [to.token])))
  const kinds: Record<string, SecretKind> = {}
  for (const name of names) {
    const kind = await deps.tokenKind?.(name)
    if (kind !== undefined) kinds[name] = kind
  }
  return kinds
}

/** `steps`: those of the plan, with their places where they are. */
async function perform(
  run: RunFolder,
  steps: readonly Step[],
  realPath: (path: string) => string,
  deps: ApplyDeps,
  options: ApplyOptions,
): Promise<RunOutcome> {
  const { canary } = options
  let started = 0
  const goesOn = async ({ goOn }: Canary): Promise<RunOutcome | true> => {
    const answer = await inRun(run, 'apply', () => goOn(started, tally(run.state()).unverifiable))
    return answer === true || end(run, 'stopped', answer === 'interrupted' ? 130 : 3, deps)
  }
  const first = canary?.after === 0 ? await goesOn(canary) : true
  if (first !== true) return first
  const sizes = { canary: canary?.after ?? 0, ...(options.batch === undefined ? {} : { batch: options.batch }) }
  for (const stage of stagesOf(steps, sizes)) {
    const before = started
    started += stage.length
    const open = stage.filter((step) => !isFinished(run, step))
    for (const part of provedFirst(open, run))
      if (!(await performStage(part, run, realPath, deps, options))) return end(run, 'stopped', 130, deps)
    // A stage of canaries may hold more than were asked for: what is locked together is not taken apart.
    const hasCanaries = canary !== undefined && before < canary.after && started >= canary.after
    if (open.length === 0 || !hasCanaries) continue
    const answer = await goesOn(canary)
    if (answer !== true) return answer
  }
  return end(run, 'applied', tally(run.state()).unverifiable > 0 ? 3 : 0, deps)
}

/** What was refused, or not asked any more, is asked about again before anything else of its stage is changed. */
function provedFirst(open: readonly Step[], run: RunFolder): readonly (readonly Step[])[] {
  const isChanged = ({ id }: Step): boolean => stepState(run.state(), id).phase === 'done'
  const [changed, others] = [open.filter(isChanged), open.filter((step) => !isChanged(step))]
  return changed.length === 0 ? [others] : [changed, others]
}

/** `false`: a signal came before all of them had come to their end. Throws what the first of them failed with, when the others have come to their end. */
async function performStage(
  steps: readonly Step[],
  run: RunFolder,
  realPath: (path: string) => string,
  deps: ApplyDeps,
  { signal, jobs = 1 }: ApplyOptions,
): Promise<boolean> {
  const failed: { readonly step: Step; readonly error: unknown }[] = []
  let ended = 0
  const isInterrupted = (): boolean => signal?.aborted === true
  const isStopped = (): boolean => failed.length > 0 || isInterrupted()
  const act = (group: readonly Step[]): Promise<void> => {
    for (const { id } of group) deps.onEvent?.({ kind: 'step', step: id })
    return performGroup(group, run, deps, {
      isStopped,
      isInterrupted,
      onEnded: () => {
        ended += 1
      },
      onFailed: (step, error) => {
        failed.push({ step, error })
        deps.onEvent?.({ kind: 'failed', step: step.id })
      },
    })
  }
  const lanes = lanesOf(steps, ({ place }) => place.at, realPath)
  await runLanes(inGroups(lanes, deps), act, { jobs, isStopped })
  if (failed.length === 0) return ended === steps.length
  await noteFailure(run, deps).catch(() => undefined) // the failure of a step says more than that of this note
  throw failureOfRun(
    failed.map(({ error }) => error),
    failed.map(({ step }) => step),
    run,
  )
}

/** A run that has changed nothing leaves nothing open; it can go on all the same. */
async function noteFailure(run: RunFolder, deps: ApplyDeps): Promise<void> {
  const { changed, announced, restored } = tally(run.state())
  if (changed + announced + restored === 0) await run.record({ kind: 'ended', outcome: 'stopped', at: now(deps) })
  await run.noteEnd()
}

/** What one write of a file can change is one item of its lane. */
export function inGroups(lanes: readonly Lane<Step>[], { hands }: ApplyDeps): readonly Lane<readonly Step[]>[] {
  const connectorOf = ({ place }: Step) => hands(place.consumer).connector
  return lanes.map(({ host, items }) => ({ host, items: groupsOf(items, connectorOf) }))
}

function isFinished(run: RunFolder, step: Step): boolean {
  const state = stepState(run.state(), step.id)
  return state.phase === 'done' && state.proof !== undefined
}

async function end(
  run: RunFolder,
  outcome: 'applied' | 'stopped',
  exitCode: ExitCode,
  deps: ApplyDeps,
): Promise<RunOutcome> {
  await inRun(run, 'apply', async () => {
    await run.record({ kind: 'ended', outcome, at: now(deps) })
    await run.noteEnd()
  })
  return { state: run.state(), exitCode }
}

function requireGoingForward(run: RunFolder): void {
  const failure = whyNotForward(run.state())
  if (failure !== undefined) throw failure
}

/**
 * Sorts after every run before it, also where two begin in one second or the clock was put back: the last name is the newest run for who
 * names none. When it began its journal says.
 */
async function runName(plan: Plan, deps: ApplyDeps): Promise<string> {
  const { clock, random } = deps.context.system
  const last = secondOf((await deps.runs.names()).at(-1) ?? '')
  const second = Math.max(Math.floor(clock.now().getTime() / 1000), last === undefined ? 0 : last + 1)
  const time = new Date(second * 1000).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `r${time}-${plan.id.slice(0, 4)}${Buffer.from(random.bytes(2)).toString('hex')}`
}

/** The second that a name tells, since 1970. */
function secondOf(name: string): number | undefined {
  const [, ...parts] = /^r(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(name) ?? []
  const [year = '', month, day, hour, minute, second] = parts
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time / 1000
}

function now(deps: ApplyDeps): string {
  return deps.context.system.clock.now().toISOString()
}

export function actorOf({ processes }: System): Actor {
  return { user: processes.user, host: processes.host, process: processes.ownId }
}

export function realPathsOf(plan: Plan, { context }: ApplyDeps): Promise<(path: string) => string> {
  return realPaths(filesOf(plan), context.system.files)
}

/** The same, of files that are about to be written. */
export async function realPathsToWrite(plan: Plan, deps: ApplyDeps): Promise<(path: string) => string> {
  const realPath = await realPathsOf(plan, deps)
  await deps.context.system.files.lookAhead([...new Set(filesOf(plan).map(realPath))])
  return realPath
}

function filesOf(plan: Plan): readonly string[] {
  return plan.steps.flatMap(({ place }) => (place.at.kind === 'file' ? [place.at.path] : []))
}

/** The vault is decrypted whole for every question, so each name is asked for once in a run. */
function withTokensOnce(deps: ApplyDeps): ApplyDeps {
  const known = new Map<string, ReturnType<ApplyDeps['token']>>()
  return {
    ...deps,
    token: (name) => {
      const secret = known.get(name) ?? deps.token(name)
      known.set(name, secret)
      return secret
    },
  }
}
