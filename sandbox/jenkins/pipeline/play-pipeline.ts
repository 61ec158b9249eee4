import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type BoundScope, bindAll, bindEnvironment } from './bindings.ts'
import { type Argument, argumentOf, parsePipeline, type Step, textOf, type Value } from './parse-pipeline.ts'
import { type PipelineRun, type Scope, StepFailed } from './pipeline-run.ts'
import { interpolated, shellStep } from './shell-step.ts'

type Askpass = BoundScope['askpass']

/** Plays the steps that are known here, one after the other, and says on the console which it left out. Throws StepFailed. */
export async function playPipeline(run: PipelineRun, script: string): Promise<void> {
  const steps = parsePipeline(script)
  const scope: Scope = { folder: run.workspace, variables: {}, secrets: [] }
  run.log('[Pipeline] Start of Pipeline')
  try {
    const declarative = steps.find((each) => each.name === 'pipeline')
    if (declarative === undefined) await playAll(run, scope, undefined, steps)
    else await playDeclarative(run, scope, declarative.body ?? [])
  } finally {
    run.log('[Pipeline] End of Pipeline')
  }
}

async function playDeclarative(run: PipelineRun, scope: Scope, sections: readonly Step[]): Promise<void> {
  await inNode(run, async () => {
    const skips = sections.some((each) => each.name === 'options' && has(each.body ?? [], 'skipDefaultCheckout'))
    if (run.checkOutScm !== undefined && !skips) {
      await stage(run, 'Declarative: Checkout SCM', () => playScmCheckout(run))
    }
    await withEnvironment(run, scope, sections, (inner) =>
      playAll(run, inner, undefined, sections.find((each) => each.name === 'stages')?.body ?? []),
    )
  })
}

function has(steps: readonly Step[], name: string): boolean {
  return steps.some((each) => each.name === name)
}

async function inNode(run: PipelineRun, play: () => Promise<void>): Promise<void> {
  run.log('[Pipeline] node')
  run.log(`Running on Jenkins in ${run.workspace}`)
  await block(run, 'node', '{', play)
}

async function block(run: PipelineRun, name: string, opening: string, play: () => Promise<void>): Promise<void> {
  run.log(`[Pipeline] ${opening}`)
  try {
    await play()
  } finally {
    run.log('[Pipeline] }')
    run.log(`[Pipeline] // ${name}`)
  }
}

async function stage(run: PipelineRun, name: string, play: () => Promise<void>): Promise<void> {
  run.log('[Pipeline] stage')
  await block(run, 'stage', `{ (${name})`, play)
}

/** The `environment` section of a pipeline or a stage. */
async function withEnvironment(
  run: PipelineRun,
  scope: Scope,
  sections: readonly Step[],
  play: (scope: Scope) => Promise<void>,
): Promise<void> {
  let inner = scope
  for (const each of sections.find(({ name }) => name === 'environment')?.body ?? []) {
    const [{ key = '', value } = { key: '', value: undefined }] = each.args
    if (each.name !== '=' || value === undefined) continue
    if (value.kind === 'call' && value.name === 'credentials') {
      run.log('[Pipeline] withCredentials')
      inner = bindEnvironment(run, inner, key, textOf(value.items) ?? '').scope
    } else {
      inner = { ...inner, variables: { ...inner.variables, [key]: interpolated(run, inner, 'environment', value) } }
    }
  }
  await play(inner)
}

async function playAll(run: PipelineRun, scope: Scope, askpass: Askpass, steps: readonly Step[]): Promise<void> {
  for (const each of steps) await playStep(run, scope, askpass, each)
}

async function playStep(run: PipelineRun, scope: Scope, askpass: Askpass, step: Step): Promise<void> {
  const inside = (inner: Scope = scope, next: Askpass = askpass) => playAll(run, inner, next, step.body ?? [])
  switch (step.name) {
    case 'node':
      return inNode(run, inside)
    case 'stage':
      return stage(run, textOf(step.args) ?? '', () =>
        withEnvironment(run, scope, step.body ?? [], (inner) => playAll(run, inner, askpass, stepsOfStage(step))),
      )
    case 'script':
    case 'timestamps':
      run.log(`[Pipeline] ${step.name}`)
      return block(run, step.name, '{', inside)
    case 'dir':
      return inFolder(run, scope, step.args, inside)
    case 'withEnv':
      run.log('[Pipeline] withEnv')
      return block(run, 'withEnv', '{', () => inside(withVariables(run, scope, argumentOf(step.args))))
    case 'withCredentials':
      return withCredentials(run, scope, askpass, step, inside)
    default:
      return playPlainStep(run, scope, askpass, step)
  }
}

/** A declarative stage has its steps in a section, a scripted one directly. */
function stepsOfStage(step: Step): readonly Step[] {
  return step.body?.find((each) => each.name === 'steps' || each.name === 'stages')?.body ?? step.body ?? []
}

function inFolder(
  run: PipelineRun,
  scope: Scope,
  args: readonly Argument[],
  play: (scope: Scope) => Promise<void>,
): Promise<void> {
  const folder = join(scope.folder, textOf(args) ?? '')
  run.log('[Pipeline] dir')
  run.log(`Running in ${folder}`)
  return block(run, 'dir', '{', () => play({ ...scope, folder }))
}

function withVariables(run: PipelineRun, scope: Scope, list: Value | undefined): Scope {
  const items = list?.kind === 'list' ? list.items : []
  const pairs = items.map((each) => interpolated(run, scope, 'withEnv', each.value)).map((each) => each.split(/=(.*)/s))
  const variables = Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]))
  return { ...scope, variables: { ...scope.variables, ...variables } }
}

async function withCredentials(
  run: PipelineRun,
  scope: Scope,
  askpass: Askpass,
  step: Step,
  play: (scope: Scope, askpass: Askpass) => Promise<void>,
): Promise<void> {
  run.log('[Pipeline] withCredentials')
  let bound: BoundScope
  try {
    bound = bindAll(run, scope, argumentOf(step.args))
  } catch (error) {
    run.log('[Pipeline] // withCredentials')
    throw error
  }
  await block(run, 'withCredentials', '{', () => play(bound.scope, bound.askpass ?? askpass))
}

async function playPlainStep(run: PipelineRun, scope: Scope, askpass: Askpass, step: Step): Promise<void> {
  switch (step.name) {
    case 'echo':
      run.log('[Pipeline] echo')
      return run.log(interpolated(run, scope, 'echo', argumentOf(step.args) ?? { kind: 'word', text: '' }))
    case 'sh':
      return shellStep(run, scope, askpass, argumentOf(step.args) ?? argumentOf(step.args, 'script'))
    case 'git':
      run.log('[Pipeline] git')
      return run.checkOutGit(scope.folder, gitStep(step.args))
    case 'checkout':
      return playCheckout(run, scope, argumentOf(step.args) ?? argumentOf(step.args, 'scm'))
    case 'deleteDir':
      run.log('[Pipeline] deleteDir')
      return rmSync(scope.folder, { recursive: true, force: true })
    case 'error':
      run.log('[Pipeline] error')
      throw new StepFailed(textOf(step.args) ?? '')
    default:
      if (!IGNORED.has(step.name)) run.log(`(sandbox) not played: ${step.name}`)
  }
}

/** Sections and words that say nothing on a console by themselves. */
const IGNORED = new Set([
  'agent',
  'options',
  'environment',
  'post',
  'when',
  'tools',
  'triggers',
  'parameters',
  '=',
  'scm',
])

function gitStep(args: readonly Argument[]): Parameters<PipelineRun['checkOutGit']>[1] {
  const url = textOf(args, 'url') ?? textOf(args) ?? ''
  return { url, branch: textOf(args, 'branch') ?? 'master', credentialsId: textOf(args, 'credentialsId') }
}

async function playCheckout(run: PipelineRun, scope: Scope, given: Value | undefined): Promise<void> {
  if (given?.kind === 'word' && given.text === 'scm') return playScmCheckout(run)
  run.log('[Pipeline] checkout')
  const remote = given === undefined ? undefined : remoteIn(given)
  if (remote === undefined) throw new StepFailed('(sandbox) this checkout is not played')
  await run.checkOutGit(scope.folder, { ...gitStep(remote), branch: branchIn(given) ?? '**' })
}

async function playScmCheckout(run: PipelineRun): Promise<void> {
  run.log('[Pipeline] checkout')
  if (run.checkOutScm === undefined) {
    throw new StepFailed(
      '‘checkout scm’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”',
    )
  }
  await run.checkOutScm()
}

/** The first map that holds a `url`: `userRemoteConfigs: [[url: ..., credentialsId: ...]]` in every spelling. */
function remoteIn(value: Value): readonly Argument[] | undefined {
  if (value.kind !== 'list' && value.kind !== 'call') return undefined
  if (value.items.some((each) => each.key === 'url')) return value.items
  return value.items.map((each) => remoteIn(each.value)).find((each) => each !== undefined)
}

function branchIn(value: Value | undefined): string | undefined {
  if (value?.kind !== 'list' && value?.kind !== 'call') return undefined
  const named = value.items.find((each) => each.key === 'branches')?.value
  return named?.kind === 'list' ? nameIn(named) : undefined
}

function nameIn(value: Value): string | undefined {
  if (value.kind !== 'list' && value.kind !== 'call') return undefined
  return textOf(value.items, 'name') ?? value.items.map((each) => nameIn(each.value)).find((each) => each !== undefined)
}
