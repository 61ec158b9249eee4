import { CommanderError } from 'commander'
import { type ExitCode, Failure } from '../model/failure.ts'
import { completingAs } from './global-flags.ts'
import { makeOutput, wantsColour } from './output.ts'
import { UsageError } from './usage-error.ts'
import { defect, failureDocument, failureLines } from './views/failure.ts'

/** Runs the command line and turns every ending into an exit code. An unexpected error is shown as ours, without its words. */
export async function runToEnd(command: () => Promise<unknown>): Promise<void> {
  outliveItsReaders()
  try {
    await command()
  } catch (error) {
    process.exitCode = report(error)
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return reportUsage(error)
  const failure = withFlags(error instanceof Failure ? error : defect(error))
  const json = process.argv.includes('--json')
  const output = makeOutput(
    { stdout: process.stdout, stderr: process.stderr },
    { json, colour: wantsColour(process.env, process.stderr.isTTY === true) },
  )
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K') // a progress line may stand there
  if (json) process.stdout.write(`${JSON.stringify(failureDocument(failure), undefined, 2)}\n`)
  else process.stderr.write(`${failureLines(failure, output.paint).join('\n')}\n`)
  return failure.parts.exitCode ?? (failure.code === 'R112' ? 2 : 1)
}

/** What it says to do next is done in the same folders, and with the same logins. */
function withFlags(failure: Failure): Failure {
  const { code, parts } = failure
  if (parts.next === undefined) return failure
  return new Failure(code, { ...parts, next: parts.next.map(completingAs(process.argv)) })
}

/** Commander has said on standard error what is wrong; with `--json` standard output says it too. */
function reportUsage(error: CommanderError): ExitCode {
  if (error.exitCode === 0) return 0
  if (process.argv.includes('--json')) {
    const failure = new Failure('R112', {
      because: error.message.replace(/^error: /, ''),
      next: [`  ${commandOf(error)} --help`],
    })
    process.stdout.write(`${JSON.stringify(failureDocument(failure), undefined, 2)}\n`)
  }
  return 2
}

function commandOf(error: CommanderError): string {
  return error instanceof UsageError ? error.command : 'keyturn'
}

/** What is only said meanwhile may find nobody who listens: a run that stopped for that would be left in the middle. */
function outliveItsReaders(): void {
  process.stdout.on('error', stopAtOutput)
  process.stderr.on('error', () => undefined)
}

/** `keyturn scan | head` is no failure. */
export function stopAtOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  const because = error.code === 'ENOSPC' ? 'no space is left on the device' : 'it cannot be written'
  const failure = new Failure('R105', {
    at: 'standard output',
    because,
    state: 'What the command had to do is done; its result was not written whole.',
  })
  const { paint } = makeOutput({ stdout: process.stdout, stderr: process.stderr }, { json: false, colour: false })
  process.stderr.write(`${failureLines(failure, paint).join('\n')}\n`)
  process.exit(1)
}
