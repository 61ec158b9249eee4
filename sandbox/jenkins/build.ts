import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RestDoor } from './branch-source/rest-door.ts'
import { traceOf } from './branch-source/scan-log.ts'
import { branchOf } from './branch-source/source-config.ts'
import { prepareBranch } from './build-branch.ts'
import { type BuildRun, checkOutGit, scriptedRun, scriptFolder, workspaceOf } from './build-run.ts'
import { type Controller, readText } from './controller.ts'
import { CheckoutFailed } from './git-checkout.ts'
import { gitJobOf } from './item-config.ts'
import type { Item } from './item-tree.ts'
import { JavaFailure } from './java-failure.ts'
import { StepFailed } from './pipeline/pipeline-run.ts'
import { playPipeline } from './pipeline/play-pipeline.ts'
import type { UsageTracking } from './usage.ts'
import { child, childText, element, type XmlElement } from './xml-element.ts'
import { readXmlFile, writeXmlFile } from './xml-file.ts'

export interface BuildEnvironment {
  /** Of git run by the controller and by the agent; they differ in HOME. */
  readonly controller: Readonly<Record<string, string>>
  readonly agent: Readonly<Record<string, string>>
  readonly now: () => Date
  /** Ends running builds when the controller stops. */
  readonly signal: () => AbortSignal
  readonly door: RestDoor
  readonly usage: UsageTracking
  readonly timestamps: Timestamps
}

/** Prefixes of the Timestamper plugin: `[2026-11-24T03:29:10.000Z] ` or `03:29:10  `. */
export type Timestamps = 'none' | 'iso' | 'clock'

/** Why a build started. A push and a scan bring the revision with them; a person does not. */
export interface Cause {
  readonly line: string
  readonly revision?: string
}

export const byUser = (name: string): Cause => ({ line: `Started by user ${name}` })

export type BuildResult = 'SUCCESS' | 'FAILURE'

export interface BuildRecord {
  readonly number: number
  readonly result: BuildResult
  readonly console: string
}

export function nextBuildNumber(item: Item): number {
  return Number.parseInt(readText(join(item.folder, 'nextBuildNumber')) ?? '1', 10)
}

/** Reserves the number, as Jenkins does before the build starts. */
export function takeBuildNumber(item: Item): number {
  const number = nextBuildNumber(item)
  writeFileSync(join(item.folder, 'nextBuildNumber'), `${number + 1}\n`)
  mkdirSync(buildFolder(item, number), { recursive: true })
  writeFileSync(join(buildFolder(item, number), 'log'), '')
  return number
}

function buildFolder(item: Item, number: number): string {
  return join(item.folder, 'builds', String(number))
}

export function readLog(item: Item, number: number): string | undefined {
  return readText(join(buildFolder(item, number), 'log'))
}

/** Undefined while the build runs: `build.xml` is written at its end. */
export function readResult(
  item: Item,
  number: number,
): { readonly result: string; readonly started: number; readonly duration: number } | undefined {
  const root = readXmlFile(join(buildFolder(item, number), 'build.xml'))
  const result = childText(root, 'result')
  return result === undefined
    ? undefined
    : {
        result,
        started: Number(childText(root, 'startTime') ?? 0),
        duration: Number(childText(root, 'duration') ?? 0),
      }
}

export async function runBuild(
  controller: Controller,
  item: Item,
  number: number,
  cause: Cause,
  environment: BuildEnvironment,
): Promise<BuildRecord> {
  const lines: string[] = []
  const started = environment.now()
  const flush = () => writeFileSync(join(buildFolder(item, number), 'log'), lines.map((each) => `${each}\n`).join(''))
  const log = (line: string) => {
    lines.push(line)
    flush()
  }
  log(cause.line)
  const stamped = (line: string) => log(withTimestamp(line, environment))
  const result = await play({ controller, item, number, cause, environment, log: stamped })
  log(`Finished: ${result}`)
  saveBuild(item, number, result, started, environment.now())
  return { number, result, console: readLog(item, number) ?? '' }
}

function saveBuild(item: Item, number: number, result: BuildResult, started: Date, ended: Date): void {
  const root: XmlElement = element(item.kind === 'pipeline' ? 'flow-build' : 'build', [
    element('actions'),
    element('startTime', String(started.getTime())),
    element('result', result),
    element('duration', String(ended.getTime() - started.getTime())),
    element('charset', 'UTF-8'),
  ])
  writeXmlFile(join(buildFolder(item, number), 'build.xml'), root)
}

/** The lines of the pipeline engine itself stay bare. */
function withTimestamp(line: string, { timestamps, now }: BuildEnvironment): string {
  if (timestamps === 'none' || line.startsWith('[Pipeline]')) return line
  const time = now().toISOString()
  return timestamps === 'iso' ? `[${time}] ${line}` : `${time.slice(11, 19)}  ${line}`
}

async function play(run: BuildRun): Promise<BuildResult> {
  try {
    if (run.item.kind === 'pipeline') await playScript(run)
    else await playFreestyle(run)
    return 'SUCCESS'
  } catch (error) {
    if (error instanceof CheckoutFailed) return 'FAILURE'
    if (error instanceof JavaFailure) for (const line of traceOf(error)) run.log(line)
    else run.log(`ERROR: ${error instanceof Error ? error.message : String(error)}`)
    return 'FAILURE'
  }
}

async function playFreestyle(run: BuildRun): Promise<void> {
  run.log('Running as SYSTEM')
  run.log(`Building in workspace ${workspaceOf(run)}`)
  const job = gitJobOf(run.item.root)
  if (job !== undefined) await checkOutGit(run, job, workspaceOf(run), run.environment.agent)
}

async function playScript(run: BuildRun): Promise<void> {
  if (branchOf(run.item.root) !== undefined) {
    const { script, checkOutScm } = await prepareBranch(run)
    return playPipeline(scriptedRun(run, checkOutScm), script)
  }
  const inline = childText(child(run.item.root, 'definition'), 'script')
  if (inline !== undefined) return playPipeline(scriptedRun(run, undefined), inline)
  const script = await scriptFromScm(run)
  const job = gitJobOf(run.item.root)
  const checkOutScm = async () => {
    if (job !== undefined) await checkOutGit(run, job, workspaceOf(run), run.environment.agent)
  }
  await playPipeline(scriptedRun(run, checkOutScm), script)
}

/** Without lightweight checkout: the controller checks out to read the script, before the agent does. */
async function scriptFromScm(run: BuildRun): Promise<string> {
  const job = gitJobOf(run.item.root)
  const url = job?.url ?? ''
  const scriptPath = childText(child(run.item.root, 'definition'), 'scriptPath') ?? 'Jenkinsfile'
  const folder = scriptFolder(run, url)
  run.log(`Checking out git ${url} into ${folder} to read ${scriptPath}`)
  if (job !== undefined) await checkOutGit(run, job, folder, run.environment.controller)
  const script = readText(join(folder, scriptPath))
  if (script === undefined) throw new StepFailed(`Unable to find ${scriptPath} from git ${url}`)
  return script
}
