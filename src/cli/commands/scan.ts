import { exitCodeOfScan, type Keyturn, loadConsumers, MOST_DOCUMENT_BYTES } from '../../index.ts'
import { type ExitCode, Failure } from '../../model/failure.ts'
import type { Inventory } from '../../model/inventory.ts'
import { baselineText, isBaselineFile, readBaseline, withoutKnown } from '../baseline.ts'
import { countFailing, parseFailOn } from '../fail-on.ts'
import { growHeapSlowly } from '../heap-growth.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { makeOutput, type Output } from '../output.ts'
import { formatOfFile, type ScanFormat } from '../scan-format.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { scanDocument } from '../views/scan-document.ts'
import type { ScanReport } from '../views/scan-report.ts'
import { count, oneLine, shellWord } from '../views/text.ts'
import { fileExists, writeNewFile } from '../write-new-file.ts'

export interface ScanOptions extends GlobalOptions, JenkinsOptions {
  readonly output?: readonly string[]
  readonly format?: ScanFormat
  readonly all?: boolean
  readonly gitHistory?: boolean
  readonly filesFrom?: string
  readonly archives?: boolean
  readonly baseline?: string
  readonly writeBaseline?: string
  readonly reason?: string
  readonly failOn?: string
  readonly stdinName?: string
  readonly incremental?: boolean
  /** Commander's form of `--no-cache`. */
  readonly cache?: boolean
  readonly wholeHome?: boolean
  readonly helpers?: boolean
  readonly gitignore?: boolean
  readonly skipCaches?: boolean
}

const REASON = 'stood there when the baseline was written'

export async function scanCommand(paths: readonly string[], options: ScanOptions): Promise<void> {
  if (options.filesFrom === undefined || options.wholeHome) requireSource(paths, options, 'scan')
  if (options.reason !== undefined && options.writeBaseline === undefined) throw withoutBaseline()
  if (paths.includes('-') && options.filesFrom === '-')
    throw contradiction('-', 'standard input is the list of files already')
  if (options.stdinName !== undefined && !paths.includes('-'))
    throw contradiction('--stdin-name', 'standard input is read only where "-" is named')
  const failOn = parseFailOn(options.failOn ?? 'none', options.baseline !== undefined)
  const targets = targetsOf(options)
  const output = outputOf({ ...options, json: targets.screen === 'json' })
  growHeapSlowly(options)
  const keyturn = await openSession(options)
  for (const { file } of targets.files) await refuseExisting(file, keyturn)
  const baseline = options.baseline === undefined ? undefined : await entriesOf(options.baseline, keyturn)
  const found = await keyturn.scan({
    paths: paths.filter((path) => path !== '-'),
    ...(paths.includes('-') ? { document: await documentOf(options.stdinName) } : {}),
    history: options.gitHistory === true,
    incremental: options.incremental === true,
    noCache: options.cache === false,
    archives: options.archives === true,
    wholeHome: options.wholeHome === true,
    gitignore: options.gitignore === true,
    skipCaches: options.skipCaches === true,
    ...(options.filesFrom === undefined ? {} : { fileList: await listOf(options.filesFrom, keyturn) }),
    askControllers: options.jenkins !== undefined,
    askHelpers: options.helpers === true,
    onFile: (seen) => {
      if (seen % 500 === 0) output.progress(`Reading ... ${count(seen, 'file')}`)
    },
  })
  const report = baseline === undefined ? { inventory: found } : withoutKnown(found, baseline, options.baseline ?? '')
  await writeFiles(targets, report, keyturn)
  if (options.writeBaseline !== undefined)
    await writeBaseline(options.writeBaseline, found, options.reason ?? REASON, keyturn)
  const shown = targets.screen === 'json' ? [] : await screenLines(targets.screen, report, output, paths, options)
  output.result(scanDocument(report), () => shown)
  noteFiles(targets, output)
  const failing = countFailing(found, report, failOn)
  if (failing > 0) output.note(`${count(failing, 'place')} to fail on (--fail-on ${failOn.join(',')})`)
  process.exitCode = exitCode(found, failing)
}

async function writeFiles({ files }: Targets, report: ScanReport, keyturn: Keyturn): Promise<void> {
  for (const { file, format } of files) await writeNewFile(file, await textOf(format, report), keyturn)
}

/** Apart from the result, which may be a document for a program. */
function noteFiles({ files }: Targets, output: Output): void {
  if (files.length > 0) output.note(`Written: ${files.map(({ file }) => oneLine(file)).join(', ')}`)
}

/** Views are loaded when they are asked for; most scans show one of five. */
async function screenLines(
  format: ScanFormat,
  report: ScanReport,
  output: Output,
  paths: readonly string[],
  { all = false, helpers = false, vaultPasswordFile = [] }: ScanOptions,
): Promise<readonly string[]> {
  if (format !== 'human') return [(await textOf(format, report)).replace(/\r?\n$/, '')]
  const { scanLines } = await import('../views/scan.ts')
  const { inventory, baseline } = report
  const passwords = vaultPasswordFile.flatMap((file) => ['--vault-password-file', shellWord(file)])
  const flags = [...(helpers ? ['--helpers'] : []), ...passwords]
  const options = { all, isPiped: paths.includes('-'), flags, ...(baseline === undefined ? {} : { baseline }) }
  return scanLines(inventory, output.paint, process.cwd(), options)
}

async function listOf(file: string, { context }: Keyturn): Promise<Uint8Array> {
  return file === '-' ? readInput(Number.POSITIVE_INFINITY) : context.system.files.read(file)
}

/** One byte more than a scan takes is enough to say so. */
async function documentOf(name = 'standard-input'): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  return { name, bytes: await readInput(MOST_DOCUMENT_BYTES + 1) }
}

async function readInput(most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size >= most) break
  }
  return Buffer.concat(chunks)
}

/** A scan that could not look everywhere keeps its own code, whatever else was found. */
function exitCode(found: Inventory, failing: number): ExitCode {
  return exitCodeOfScan(found) || (failing > 0 ? 1 : 0)
}

interface Targets {
  /** What standard output shows. */
  readonly screen: ScanFormat
  readonly files: readonly { readonly file: string; readonly format: ScanFormat }[]
}

/** `--format` is that of the file where one is named, and of standard output where none is. Throws `Failure` R112. */
function targetsOf({ json, format, output = [] }: ScanOptions): Targets {
  if (format !== undefined && output.length > 1)
    throw contradiction('--format', 'several files are named, and each gets its format by its ending')
  if (json && format !== undefined && format !== 'json' && output.length === 0)
    throw contradiction('--format', '--json prints another document')
  const files = output.map((file) => ({ file, format: format ?? formatOfFile(file) }))
  return { files, screen: json ? 'json' : output.length === 0 ? (format ?? 'human') : 'human' }
}

/** A long scan whose result has no room is told before, and not after it. */
async function refuseExisting(file: string, { context }: Keyturn): Promise<void> {
  if ((await context.system.files.entry(file)) !== undefined) throw fileExists(file)
}

function contradiction(at: string, because: string): Failure {
  return new Failure('R112', {
    at,
    because,
    state: 'Nothing was read.',
    next: ['  keyturn scan . -o found.sarif -o found.html'],
    exitCode: 2,
  })
}

function withoutBaseline(): Failure {
  return new Failure('R112', {
    at: '--reason',
    because: 'no baseline is written that it could stand in',
    state: 'Nothing was read.',
    next: ['  keyturn scan . --write-baseline FILE --reason TEXT'],
    exitCode: 2,
  })
}

/** A whole file, or all of standard output; ends with a line feed. */
async function textOf(format: ScanFormat, report: ScanReport): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(scanDocument(report), undefined, 2)}\n`
    case 'sarif':
      return `${JSON.stringify((await import('../views/scan-sarif.ts')).sarifLog(report, await loadConsumers()), undefined, 2)}\n`
    case 'csv':
      return (await import('../views/scan-csv.ts')).scanCsv(report)
    case 'html':
      return (await import('../views/scan-page.ts')).scanPage(report)
    case 'human': {
      const { inventory, baseline } = report
      const { paint } = makeOutput({ stdout: process.stdout, stderr: process.stderr }, { json: false, colour: false })
      const options = { all: true, ...(baseline === undefined ? {} : { baseline }) }
      const { scanLines } = await import('../views/scan.ts')
      return `${scanLines(inventory, paint, process.cwd(), options).join('\n')}\n`
    }
  }
}

async function entriesOf(file: string, keyturn: Keyturn): Promise<NonNullable<ReturnType<typeof readBaseline>>> {
  const entries = readBaseline(Buffer.from(await keyturn.context.system.files.read(file)).toString('utf8'))
  if (entries !== undefined) return entries
  throw new Failure('R104', {
    at: file,
    because: 'it is neither a baseline nor a document of `keyturn scan --json`',
    state: 'Nothing was read.',
    next: ['  keyturn scan PATH --write-baseline FILE'],
  })
}

/** Only an older baseline is replaced; it is for a repository, so others may read it. */
async function writeBaseline(file: string, inventory: Inventory, reason: string, { context }: Keyturn): Promise<void> {
  const { files } = context.system
  const old = (await files.entry(file)) === undefined ? undefined : await files.read(file)
  const oldText = old === undefined ? undefined : Buffer.from(old).toString('utf8')
  if (oldText !== undefined && !isBaselineFile(oldText))
    throw new Failure('R103', {
      at: file,
      because: 'it exists already and is no baseline',
      state: 'The file keeps its old content.',
      next: ['Name a baseline, or a file that does not exist.'],
    })
  const text = baselineText(inventory, readBaseline(oldText ?? '') ?? [], reason)
  const written = await files.replace(file, old ?? 'absent', Buffer.from(text), 0o644)
  if (written === 'changed meanwhile')
    throw new Failure('R103', { at: file, because: 'it was changed meanwhile', state: 'The file keeps what it has.' })
}

export function requireSource(
  paths: readonly string[],
  options: JenkinsOptions & { readonly wholeHome?: boolean; readonly helpers?: boolean },
  command: 'scan' | 'plan',
): void {
  if (paths.includes(''))
    throw new Failure('R112', { because: 'one of the paths is empty', state: 'Nothing was read.', exitCode: 2 })
  if (options.wholeHome && !process.env['HOME'])
    throw new Failure('R112', { at: 'HOME', because: 'it is not set', state: 'Nothing was read.', exitCode: 2 })
  if (paths.length > 0 || options.jenkins !== undefined || options.wholeHome || options.helpers) return
  throw new Failure('R112', {
    because: 'no folder and no Jenkins controller is named',
    next: [`  keyturn ${command} ~`],
    exitCode: 2,
  })
}
