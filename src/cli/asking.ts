import type { Asking, Keyturn, RunState } from '../index.ts'
import { buildsFor, itemOfUse } from '../model/builds-allowed.ts'
import { Failure } from '../model/failure.ts'
import { jobName } from './job-name.ts'
import { namedRepository } from './named-repository.ts'
import type { Output } from './output.ts'
import { stopOnSignal } from './stop-on-signal.ts'

/** `--repository`, `--build` and `--on-label`, of commands that prove what a run wrote. */
export interface AskingOptions {
  readonly repository?: string
  readonly build?: readonly string[]
  readonly onLabel?: string
}

/** What a person allows and adds for the proofs of a run. Throws `Failure` R112 where nothing of the run is proved by it. */
export function askingOf(options: AskingOptions, run: RunState, keyturn: Keyturn, output: Output): Asking {
  const { repository, build = [], onLabel: label } = options
  const jobs = build.map(jobName)
  const example = repository === undefined ? {} : { example: namedRepository(repository, keyturn) }
  if (jobs.length === 0 && label === undefined) return example
  requireUsed(jobs, label, run)
  const signal = stopOnSignal(output, 'what is being asked')
  const onWait = (words: string): void => output.progress(words)
  return { ...example, builds: { jobs, signal, onWait, ...(label === undefined ? {} : { label }) } }
}

/** A build is started for nothing otherwise, and the place that it was meant for stays unproved without a word. */
function requireUsed(jobs: readonly string[], label: string | undefined, { run, plan }: RunState): void {
  const uses = plan.steps.flatMap((step) => (step.place.consumer === 'jenkins' ? step.uses : []))
  const items = uses.flatMap(({ by }) => itemOfUse(by) ?? [])
  const unused = jobs.find((job) => !items.some((item) => buildsFor(item, job)))
  if (unused === undefined && (label === undefined || uses.length > 0)) return
  const known = [...new Set(items)].slice(0, 5)
  throw new Failure('R112', {
    at: unused === undefined ? `--on-label ${label}` : `--build ${unused}`,
    because:
      unused === undefined
        ? `run ${run} changed nothing that a running controller uses`
        : `no place of run ${run} is used by this job`,
    state: 'Nothing was built.',
    ...(known.length === 0 ? {} : { next: [`These use places of the run: ${known.join(', ')}`] }),
    exitCode: 2,
  })
}
