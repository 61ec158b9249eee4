import { exitCodeOfScan } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import { type GlobalOptions, type JenkinsOptions, openSession, outputOf } from '../session.ts'
import { scanDocument, scanLines } from '../views/scan.ts'
import { count } from '../views/text.ts'
import { writeNewFile } from '../write-new-file.ts'

interface ScanOptions extends GlobalOptions, JenkinsOptions {
  readonly output?: string
}

export async function scanCommand(paths: readonly string[], options: ScanOptions): Promise<void> {
  const output = outputOf(options)
  requireSource(paths, options, 'scan')
  const keyturn = await openSession(options)
  const inventory = await keyturn.scan({
    paths,
    askControllers: options.jenkins !== undefined,
    onFile: (seen) => {
      if (seen % 500 === 0) output.progress(`Reading ... ${count(seen, 'file')}`)
    },
  })
  const document = scanDocument(inventory)
  if (options.output !== undefined)
    await writeNewFile(options.output, `${JSON.stringify(document, undefined, 2)}\n`, keyturn)
  output.result(document, () => scanLines(inventory, output.paint, process.cwd()))
  process.exitCode = exitCodeOfScan(inventory)
}

export function requireSource(paths: readonly string[], options: JenkinsOptions, command: 'scan' | 'plan'): void {
  if (paths.includes(''))
    throw new Failure('R112', { because: 'one of the paths is empty', state: 'Nothing was read.', exitCode: 2 })
  if (paths.length > 0 || options.jenkins !== undefined) return
  throw new Failure('R112', {
    because: 'no folder and no Jenkins controller is named',
    next: [`  keyturn ${command} ~`],
    exitCode: 2,
  })
}
