import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Controller, readText } from './controller.ts'
import { CheckoutFailed, checkOut } from './git-checkout.ts'
import { gitJobOf } from './item-config.ts'
import type { Item } from './item-tree.ts'
import { resolveForGit } from './resolve-credential.ts'
import { child, childText, element, type XmlElement } from './xml-element.ts'
import { readXmlFile, writeXmlFile } from './xml-file.ts'

export interface BuildEnvironment {
  /** Of git run by the controller and by the agent; they differ in HOME. */
  readonly controller: Readonly<Record<string, string>>
  readonly agent: Readonly<Record<string, string>>
  readonly now: () => Date
  /** Ends running builds when the controller stops. */
  readonly signal: () => AbortSignal
}

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
): { readonly result: string; readonly duration: number } | undefined {
  const root = readXmlFile(join(buildFolder(item, number), 'build.xml'))
  const result = childText(root, 'result')
  return result === undefined ? undefined : { result, duration: Number(childText(root, 'duration') ?? 0) }
}

export async function runBuild(
  controller: Controller,
  item: Item,
  number: number,
  startedBy: string,
  environment: BuildEnvironment,
): Promise<BuildRecord> {
  const lines: string[] = []
  const started = environment.now()
  const flush = () => writeFileSync(join(buildFolder(item, number), 'log'), lines.map((each) => `${each}\n`).join(''))
  const log = (line: string) => {
    lines.push(line)
    flush()
  }
  log(`Started by user ${startedBy}`)
  const result = await play({ controller, item, environment, log })
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

interface Run {
  readonly controller: Controller
  readonly item: Item
  readonly environment: BuildEnvironment
  readonly log: (line: string) => void
}

async function play(run: Run): Promise<BuildResult> {
  try {
    if (run.item.kind === 'pipeline') await playPipeline(run)
    else await playFreestyle(run)
    return 'SUCCESS'
  } catch (error) {
    if (!(error instanceof CheckoutFailed)) run.log(`ERROR: ${error instanceof Error ? error.message : String(error)}`)
    return 'FAILURE'
  }
}

async function playFreestyle(run: Run): Promise<void> {
  run.log('Running as SYSTEM')
  run.log(`Building in workspace ${workspaceOf(run)}`)
  await checkOutJob(run, workspaceOf(run), run.environment.agent)
}

/**
 * Pipeline script from SCM without lightweight checkout: the controller checks out for the script, then the script's
 * own `checkout scm` (implicit in a declarative pipeline) runs on the agent. Nothing else of the script is executed.
 */
async function playPipeline(run: Run): Promise<void> {
  const url = gitJobOf(run.item.root)?.url ?? ''
  const scriptPath = childText(child(run.item.root, 'definition'), 'scriptPath') ?? 'Jenkinsfile'
  const scriptFolder = join(`${workspaceOf(run)}@script`, createHash('sha256').update(url).digest('hex'))
  run.log(`Checking out git ${url} into ${scriptFolder} to read ${scriptPath}`)
  await checkOutJob(run, scriptFolder, run.environment.controller)
  const script = readText(join(scriptFolder, scriptPath))
  if (script === undefined) throw new Error(`Unable to find ${scriptPath} from git ${url}`)
  for (const line of ['Start of Pipeline', 'node']) run.log(`[Pipeline] ${line}`)
  run.log(`Running on Jenkins in ${workspaceOf(run)}`)
  run.log('[Pipeline] {')
  try {
    if (checksOut(script)) {
      run.log('[Pipeline] checkout')
      await checkOutJob(run, workspaceOf(run), run.environment.agent)
    }
  } finally {
    for (const line of ['}', '// node', 'End of Pipeline']) run.log(`[Pipeline] ${line}`)
  }
}

function checksOut(script: string): boolean {
  return (
    /\bcheckout\s*\(?\s*scm\b/.test(script) || (/\bpipeline\s*\{/.test(script) && !/skipDefaultCheckout/.test(script))
  )
}

function workspaceOf(run: Run): string {
  return join(run.controller.home, 'workspace', ...run.item.fullName.split('/'))
}

async function checkOutJob(run: Run, workspace: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const job = gitJobOf(run.item.root)
  if (job === undefined) return
  const { url, branch, credentialsId } = job
  const credential =
    credentialsId === undefined ? undefined : resolveForGit(run.controller, run.item, credentialsId, url)
  const signal = run.environment.signal()
  await checkOut({ workspace, url, branch, credentialsId, credential, environment, signal, log: run.log })
}
