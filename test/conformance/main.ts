import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Account, accountOf, fillFor, readAccountFile } from './account.ts'
import { realAsker, sandboxAsker } from './ask.ts'
import { compareRecordings, compareWithRows, type Verdict } from './compare.ts'
import { forbiddenIn } from './private-text.ts'
import { accountHelp, countVerdicts, exitCodeOf, listOf, tableOf } from './report.ts'
import { rows } from './row.ts'
import { startStage } from './stage.ts'
import { type Recording, walk } from './walk.ts'

const realTarget = 'https://bitbucket.org'
const slowestMs = 500

const usage = `Usage: npm run conformance -- [options]

  (nothing)              the sandbox against the facts
  --target ${realTarget}
                         the real service beside the sandbox; needs --yes. Reads only: GET, and no pack is fetched
  --yes                  agrees to that
  --credentials FILE     names and secrets as lines of NAME=value, mode 0600; the environment otherwise
  --interval-ms N        between two requests to the real service: 1000, and not less than ${slowestMs}
  --record FILE          writes what was recorded of the target, with nothing private in it
  --recording FILE       compares an earlier recording with the sandbox; asks nobody else
  --json                 one JSON document
  --list                 the rows, and asks nobody

Exit codes: 0 the same, 2 wrong usage, 3 something differs, 5 the walk was cut short.
Rows whose name or secret is not given are left out. Names and secrets:
`

class WrongUsage extends Error {}

interface Options {
  readonly real: boolean
  readonly yes: boolean
  readonly json: boolean
  readonly list: boolean
  readonly help: boolean
  readonly pauseMs: number
  readonly credentials: string | undefined
  readonly record: string | undefined
  readonly recording: string | undefined
}

const readOptions = (argv: readonly string[]): Options => {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      target: text,
      credentials: text,
      record: text,
      recording: text,
      'interval-ms': text,
      yes: flag,
      json: flag,
      list: flag,
      help: flag,
    },
  })
  if (values.target !== undefined && ![realTarget, 'sandbox'].includes(values.target)) {
    throw new WrongUsage(`The target is ${realTarget} or sandbox, and no other host is ever sent a credential`)
  }
  const pauseMs = Number(values['interval-ms'] ?? 1000)
  if (!(pauseMs >= slowestMs)) throw new WrongUsage(`--interval-ms is a number, ${slowestMs} or more`)
  const { yes, json, list, help, credentials, record, recording } = values
  return { real: values.target === realTarget, yes, json, list, help, pauseMs, credentials, record, recording }
}

const RecordingShape = z.object({
  schema: z.literal('keyturn/conformance-recording/1'),
  target: z.string(),
  steps: z.record(z.string(), z.looseObject({ kind: z.enum(['answered', 'left out', 'not answered']) })),
})

const readRecording = (path: string): Recording => {
  const parsed = RecordingShape.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new WrongUsage(`${path} is not a recording of this suite`)
  return parsed.data as unknown as Recording
}

/** Last of all, and independent of the lists: what is private must not stand in a file that is meant to be shown. */
const writeRecording = (path: string, recording: Recording, account: Account): void => {
  const text = `${JSON.stringify(recording, null, 2)}\n`
  const forbidden = forbiddenIn(text, account)
  if (forbidden.length > 0) throw new Error(`Not written: the recording would hold ${forbidden.join(', ')}`)
  writeFileSync(path, text, { mode: 0o600 })
}

const walkSandbox = async (): Promise<{ recording: Recording; account: Account }> => {
  const { sandbox, account } = await startStage()
  const asker = sandboxAsker(sandbox)
  try {
    return { recording: await walk(rows, { target: 'sandbox', account, asker, pauseMs: 0 }), account }
  } finally {
    await asker.close()
    await sandbox.stop()
  }
}

const walkReal = async ({ pauseMs }: Options, account: Account): Promise<Recording> => {
  const asker = realAsker()
  let asked = 0
  try {
    return await walk(rows, {
      target: realTarget,
      account,
      asker,
      pauseMs,
      onStep: ({ id }, { kind }) => {
        asked++
        process.stderr.write(`${asked}/${rows.length} ${id}: ${kind}\n`)
      },
    })
  } finally {
    await asker.close()
  }
}

const askConsent = (account: Account): void => {
  const ready = rows.filter((row) => fillFor(account)(row).kind === 'ready')
  const withSecret = ready.filter(({ as }) => as.scheme !== 'none').length
  throw new WrongUsage(
    `This sends ${ready.length} requests to ${realTarget} and https://api.bitbucket.org, ${withSecret} with a credential, some of them wrong on purpose.\nNothing is written there. Repeat with --yes to do it.`,
  )
}

interface Walked {
  readonly verdicts: readonly Verdict[]
  readonly target: string
  /** What the answers were compared with. */
  readonly beside: 'facts' | 'sandbox'
}

const carryOut = async (
  options: Options,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Walked> => {
  if (options.recording !== undefined) {
    const found = readRecording(options.recording)
    const { recording } = await walkSandbox()
    return { verdicts: compareRecordings(rows, recording, found), target: found.target, beside: 'sandbox' }
  }
  if (!options.real) {
    const { recording, account } = await walkSandbox()
    if (options.record !== undefined) writeRecording(options.record, recording, account)
    return { verdicts: compareWithRows(rows, recording), target: 'sandbox', beside: 'facts' }
  }
  const given = options.credentials === undefined ? environment : readAccountFile(options.credentials)
  const account = accountOf(given)
  if (!options.yes) askConsent(account)
  const found = await walkReal(options, account)
  if (options.record !== undefined) writeRecording(options.record, found, account)
  const { recording } = await walkSandbox()
  return { verdicts: compareRecordings(rows, recording, found), target: realTarget, beside: 'sandbox' }
}

const show = ({ verdicts, target, beside }: Walked, json: boolean): void => {
  if (!json) {
    process.stdout.write(tableOf(verdicts, beside === 'facts' ? 'the facts say' : 'the sandbox says'))
    return
  }
  const document = { schema: 'keyturn/conformance/1', target, beside, counts: countVerdicts(verdicts), rows: verdicts }
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

/** The whole command; the result is its exit code. */
export const conformance = async (
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> => {
  try {
    const options = readOptions(argv)
    if (options.help) process.stdout.write(`${usage}${accountHelp()}\n`)
    else if (options.list) process.stdout.write(listOf(rows))
    else {
      const walked = await carryOut(options, environment)
      show(walked, options.json)
      return exitCodeOf(countVerdicts(walked.verdicts))
    }
    return 0
  } catch (error) {
    const isUsage = error instanceof WrongUsage || (error instanceof TypeError && 'code' in error)
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return isUsage ? 2 : 1
  }
}
