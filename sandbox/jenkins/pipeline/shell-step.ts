import { randomInt } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withAskpass } from '../askpass.ts'
import { runGit } from '../run-git.ts'
import type { BoundScope } from './bindings.ts'
import type { Value } from './parse-pipeline.ts'
import { type PipelineRun, type Scope, StepFailed } from './pipeline-run.ts'

/** Words that a line may begin with. Not a fence: it keeps a pipeline that deploys from running here. */
const PLAYED = new Set(['git', 'set', 'echo', 'export', 'cd', 'true', 'pwd', '[', 'test', ''])

/** `sh`: the script really runs with the agent's environment, as `sh -xe` and without a terminal (durable-task). */
export async function shellStep(
  run: PipelineRun,
  scope: Scope,
  askpass: BoundScope['askpass'],
  given: Value | undefined,
): Promise<void> {
  run.log('[Pipeline] sh')
  const script = given === undefined ? '' : interpolated(run, scope, 'sh', given)
  if (!isPlayed(script)) {
    run.log('(sandbox) not played: a shell script with more than git in it')
    return
  }
  const result = await inFile(scope.folder, script, (file) =>
    withAskpass(`${run.workspace}@tmp`, askpass && { ...askpass, description: '' }, (variables) =>
      runGit({
        program: 'sh',
        args: ['-c', 'exec sh -xe "$0" 2>&1', file],
        folder: scope.folder,
        environment: { ...run.environment, ...scope.variables, ...(askpass === undefined ? {} : variables) },
        signal: run.signal,
      }),
    ),
  )
  const lines = masked(result.stdout, scope.secrets).split('\n')
  for (const each of lines.at(-1) === '' ? lines.slice(0, -1) : lines) run.log(each)
  if (result.status !== 0) throw new StepFailed(`script returned exit code ${result.status}`)
}

function isPlayed(script: string): boolean {
  return script.split('\n').every((line) => /^\s*(#|$)/.test(line) || PLAYED.has(/^\s*([^\s;]*)/.exec(line)?.[1] ?? ''))
}

async function inFile<T>(folder: string, script: string, use: (file: string) => Promise<T>): Promise<T> {
  const control = join(
    `${folder}@tmp`,
    `durable-${randomInt(2 ** 32)
      .toString(16)
      .padStart(8, '0')}`,
  )
  mkdirSync(control, { recursive: true, mode: 0o700 })
  mkdirSync(folder, { recursive: true })
  const file = join(control, 'script.sh.copy')
  writeFileSync(file, script, { mode: 0o700 })
  try {
    return await use(file)
  } finally {
    rmSync(control, { recursive: true, force: true })
  }
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets.toSorted((a, b) => b.length - a.length).reduce((left, each) => left.replaceAll(each, '****'), text)
}

/** Groovy puts variables into double quotes before the shell sees them, and warns when one is a secret (workflow-cps). */
export function interpolated(run: PipelineRun, scope: Scope, step: string, value: Value): string {
  if (value.kind !== 'string') return value.kind === 'word' ? (scope.variables[value.text] ?? '') : ''
  if (!value.interpolated) return value.text
  const used = new Set<string>()
  const text = value.text.replace(/\$\{(?:env\.)?(\w+)\}|\$(?:env\.)?(\w+)/g, (whole, braced, bare) => {
    const found = scope.variables[braced ?? bare]
    if (found !== undefined && scope.secrets.includes(found)) used.add(braced ?? bare)
    return found ?? whole
  })
  if (used.size > 0) warn(run, step, [...used])
  return text
}

function warn({ log }: PipelineRun, step: string, variables: readonly string[]): void {
  log(`Warning: A secret was passed to "${step}" using Groovy String interpolation, which is insecure.`)
  log(`\t\t Affected argument(s) used the following variable(s): [${variables.join(', ')}]`)
  log('\t\t See https://jenkins.io/redirect/groovy-string-interpolation for details.')
}
