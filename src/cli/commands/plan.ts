import { type Keyturn, planBytes, planFormat, type TokenPolicy } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { PlaceId } from '../../model/place.ts'
import type { Plan } from '../../model/plan.ts'
import { isEmail } from '../email-address.ts'
import { growHeapSlowly } from '../heap-growth.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { jobName } from '../job-name.ts'
import { namedRepository } from '../named-repository.ts'
import type { Output } from '../output.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { toldUse } from '../told-use.ts'
import { planExitCode, planLines } from '../views/plan.ts'
import { count, shellWord } from '../views/text.ts'
import { tokenMessages } from '../views/token-messages.ts'
import { writeNewFile, writeOver } from '../write-new-file.ts'
import { requireSource } from './scan.ts'

export interface PlanCommandOptions extends GlobalOptions, JenkinsOptions {
  readonly output?: string
  readonly token?: string
  readonly replace?: boolean
  readonly email?: string
  readonly repository?: string
  readonly job?: string
  readonly offline?: boolean
  readonly all?: boolean
  readonly tokens?: TokenPolicy
  readonly canary?: readonly string[]
  readonly use?: readonly string[]
  readonly requests?: boolean
  readonly wholeHome?: boolean
  readonly helpers?: boolean
  readonly gitHistory?: boolean
  readonly archives?: boolean
}

export async function planCommand(paths: readonly string[], options: PlanCommandOptions): Promise<void> {
  const output = outputOf(options)
  requireSource(paths, options, 'plan')
  if (options.replace && options.token === undefined) throw withoutToken()
  const told = options.use?.map(toldUse)
  if (options.email !== undefined && !isEmail(options.email)) throw noEmail()
  growHeapSlowly(options)
  const keyturn = await openSession(options)
  const example = options.repository === undefined ? undefined : namedRepository(options.repository, keyturn)
  output.progress('Reading ...')
  const found = await keyturn.scan({
    paths,
    wholeHome: options.wholeHome === true,
    history: options.gitHistory === true,
    archives: options.archives === true,
    askControllers: options.jenkins !== undefined,
    askHelpers: options.helpers === true,
    ...(example === undefined ? {} : { example }),
  })
  const plan = await keyturn.plan(found, {
    ...(options.job === undefined ? {} : { only: ofJob(jobName(options.job), found, options) }),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.replace ? { replace: true } : {}),
    ...(options.email === undefined ? {} : { email: options.email }),
    ...(options.offline ? { offline: true } : {}),
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    ...(options.canary === undefined ? {} : { canaries: options.canary }),
    ...(told === undefined ? {} : { told }),
    onPlace: (done, of) => output.progress(`Asking Bitbucket ... ${done} of ${count(of, 'place')}`),
  })
  await keyturn.savePlan(plan)
  if (options.output !== undefined)
    await writePlanFile(options.output, planBytes(plan, planFormat(options.output)), keyturn)
  output.result(plan, () =>
    options.requests ? tokenMessages(plan) : linesOf(plan, options, output, found.unread.length),
  )
  for (const { at, detail } of found.unread) output.note(`? ${at}: ${detail}`)
  process.exitCode = found.unread.length > 0 ? 5 : planExitCode(plan)
}

function linesOf(
  plan: Plan,
  { all, output: file }: PlanCommandOptions,
  { paint }: Output,
  unread: number,
): readonly string[] {
  return planLines(plan, { paint, all: all === true, unread, ...(file === undefined ? {} : { file }) })
}

function withoutToken(): Failure {
  return new Failure('R112', {
    at: '--replace',
    because: 'no token was named that could replace what works',
    state: 'Nothing was changed.',
    next: ['  keyturn plan PATH --token NAME --replace'],
    exitCode: 2,
  })
}

/** It would become the username of every place on REST. It is not repeated: it may be a secret in the wrong place. */
function noEmail(): Failure {
  return new Failure('R112', {
    at: '--email',
    because: 'it is not an e-mail address: NAME@HOST',
    state: 'Nothing was changed.',
    next: ['Give the address with which the owner of the tokens signs in at Atlassian.'],
    exitCode: 2,
  })
}

/** The places that one job uses: its credential, and its URL where that names a username. */
function ofJob(job: string, inventory: Inventory, { jenkins = [] }: JenkinsOptions): ReadonlySet<PlaceId> {
  const isOfJob = (by: string): boolean => by === `job ${job}` || by.startsWith(`job ${job} (`)
  const places = inventory.places.filter(({ uses }) => uses.some(({ by }) => isOfJob(by)))
  if (places.length > 0) return new Set(places.map(({ id }) => id))
  const [controller, ...others] = jenkins
  throw new Failure('R111', {
    at: `job ${job}`,
    because: 'it uses no credential that was found',
    state: 'Nothing was changed.',
    next:
      controller === undefined || others.length > 0
        ? ['Check the name of the job, with its folders: --job team/app']
        : [`  keyturn doctor --jenkins ${shellWord(controller)} --job ${shellWord(job)}`],
  })
}

/** An older plan of ours is replaced, so that the next command does not take it for the new one; any other file stays. */
async function writePlanFile(path: string, bytes: Uint8Array, keyturn: Keyturn): Promise<void> {
  const { files } = keyturn.context.system
  const old = (await files.entry(path)) === undefined ? undefined : await files.read(path).catch(() => undefined)
  const isPlan = old !== undefined && (saysSo(old) || (await keyturn.loadPlan(path).then(Boolean, () => false)))
  await (isPlan ? writeOver(path, old, bytes, keyturn) : writeNewFile(path, bytes, keyturn))
}

/** Edited beyond the limits it is refused, and whoever is refused is told to make it again under its name. */
function saysSo(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    const document: { readonly schema?: unknown } | null = JSON.parse(text)
    return /^keyturn\/plan\/\d+$/.test(String(document?.schema))
  } catch {
    // As YAML is written by keyturn, below what a reviewer wrote above it.
    return /^\uFEFF?(?:(?:#.*|---)?\r?\n)*schema: ["']?keyturn\/plan\/\d+["']?\r?\nid: /.test(text)
  }
}
