import { knownRuns } from '../known-runs.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { runDocument } from '../views/run.ts'
import { runLines, tokenLines } from '../views/status.ts'
import { shownToken } from './token.ts'

export async function statusCommand(options: GlobalOptions): Promise<void> {
  const keyturn = await openSession(options)
  const output = outputOf(options)
  const tokens = (await keyturn.tokens()).map((token) => shownToken({ token, usable: true }))
  const { runs, damaged } = await knownRuns(keyturn)
  output.result({ schema: 'keyturn/status/1', tokens, runs: runs.map(runDocument), damaged }, () => [
    ...tokenLines(tokens, keyturn.context.system.clock.now()),
    '',
    ...runLines(runs, damaged, output.paint),
  ])
  // Not everything could be read.
  process.exitCode = damaged.length > 0 ? 5 : 0
}
