import { planText } from '../../index.ts'
import { namedRepository } from '../named-repository.ts'
import { type GlobalOptions, type JenkinsOptions, openSession, outputOf } from '../session.ts'
import { planExitCode, planLines } from '../views/plan.ts'
import { count } from '../views/text.ts'
import { writeNewFile } from '../write-new-file.ts'
import { requireSource } from './scan.ts'

export interface PlanCommandOptions extends GlobalOptions, JenkinsOptions {
  readonly output?: string
  readonly token?: string
  readonly repository?: string
  readonly offline?: boolean
  readonly all?: boolean
}

export async function planCommand(paths: readonly string[], options: PlanCommandOptions): Promise<void> {
  const output = outputOf(options)
  requireSource(paths, options)
  const keyturn = await openSession(options)
  const example = options.repository === undefined ? undefined : namedRepository(options.repository, keyturn)
  output.progress('Reading ...')
  const inventory = await keyturn.scan({
    paths,
    askControllers: options.jenkins !== undefined,
    ...(example === undefined ? {} : { example }),
  })
  const plan = await keyturn.plan(inventory, {
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.offline ? { offline: true } : {}),
    onPlace: (done, of) => output.progress(`Asking Bitbucket ... ${done} of ${count(of, 'place')}`),
  })
  await keyturn.savePlan(plan)
  if (options.output !== undefined) await writeNewFile(options.output, planText(plan), keyturn)
  output.result(plan, () =>
    planLines(plan, {
      paint: output.paint,
      all: options.all === true,
      ...(options.output === undefined ? {} : { file: options.output }),
    }),
  )
  for (const { at, detail } of inventory.unread) output.note(`? ${at}: ${detail}`)
  process.exitCode = inventory.unread.length > 0 ? 5 : planExitCode(plan)
}
