import type { AuditedRun } from '../../index.ts'
import { chosenName, chosenRun } from '../chosen-run.ts'
import { knownRuns } from '../known-runs.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import {
  auditDocument,
  auditLines,
  OTHER_PLAN,
  runsDocument,
  runsLines,
  showCsv,
  showDocument,
  showLines,
} from '../views/history.ts'

export async function runsCommand(options: GlobalOptions): Promise<void> {
  const output = outputOf(options)
  const { runs, damaged } = await knownRuns(await openSession(options))
  output.result(runsDocument(runs, damaged), () => runsLines(runs, damaged, output.paint))
  // Not everything could be read.
  process.exitCode = damaged.length > 0 ? 5 : 0
}

export interface ShowOptions extends GlobalOptions {
  readonly format?: 'human' | 'csv'
}

/** 5: the plan was exchanged, so not all of it can be told. */
export async function showCommand(name: string | undefined, options: ShowOptions): Promise<void> {
  const output = outputOf(options)
  const run = await chosenRun(name, await openSession(options))
  output.result(showDocument(run), () =>
    options.format === 'csv' ? [showCsv(run).trimEnd()] : showLines(run, output.paint),
  )
  if (!run.otherPlan) return
  output.note(`? ${OTHER_PLAN} (keyturn audit)`)
  process.exitCode = 5
}

/** 0: every run is whole; 1: one is damaged. */
export async function auditCommand(name: string | undefined, options: GlobalOptions): Promise<void> {
  const output = outputOf(options)
  const keyturn = await openSession(options)
  const names = name === undefined ? await keyturn.runNames() : [await chosenName(name, keyturn)]
  const audited: AuditedRun[] = []
  for (const [index, run] of names.entries()) {
    output.progress(`Checking ... ${index + 1} of ${names.length}`)
    audited.push(await keyturn.audit(run))
  }
  output.result(auditDocument(audited), () => auditLines(audited, output.paint))
  if (audited.some(({ verdict }) => verdict === 'damaged')) process.exitCode = 1
}
