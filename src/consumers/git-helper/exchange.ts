import type { Change, Conflict, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import { type Attributes, approve, fill, linesOf, readAttributes, reject } from './ask.ts'
import type { HelperSetting } from './settings.ts'

/** What one helper answers git with. */
export interface Found {
  readonly helper: HelperSetting
  readonly held: Attributes
}

export interface Aim {
  /** What the helper shall answer with. */
  readonly next: Attributes
  /** What shall be kept besides, under the name of what it answers with now. Absent: that is forgotten. */
  readonly stays?: Attributes
}

interface Exchange extends Found, Aim {
  /** What is under the name of `next` already. */
  readonly other?: Attributes
}

/** Throws R204 when the helper holds another secret under the new name: it is no part of the place, and somebody may use it. */
export async function stageExchange(found: Found, aim: Aim, context: Context): Promise<Staged> {
  const { helper, held } = found
  const other = isRenamed(found, aim) ? await pairUnder(nameOf(aim.next), helper, context) : undefined
  if (other !== undefined && digestOf(other, context) !== digestOf(aim.next, context)) throw taken(helper, aim.next)
  const exchange: Exchange = { ...found, ...aim, ...(other === undefined ? {} : { other }) }
  return {
    kind: 'staged',
    to: digestOf(aim.next, context),
    backup: Buffer.from(`${linesOf(held)}${other === undefined ? '' : linesOf(other)}`, 'utf8'),
    commit: () => commit(exchange, context),
  }
}

/** A helper may answer with another name than it was asked for. */
async function pairUnder(name: string, helper: HelperSetting, context: Context): Promise<Attributes | undefined> {
  const pair = await fill(helper, context, name)
  return pair === undefined || nameOf(pair) !== name ? undefined : pair
}

/** What `backup` holds: the pair that answered, and the one that was under the new name. */
export function aimOfBackup(backup: Uint8Array): Aim {
  const [next = new Map<string, string>(), stays] = Buffer.from(backup)
    .toString('utf8')
    .split('\n\n')
    .filter((block) => block !== '')
    .map(readAttributes)
  return { next, ...(stays === undefined ? {} : { stays }) }
}

async function commit(exchange: Exchange, context: Context): Promise<Change> {
  const { helper, held, next, other } = exchange
  const before = await fill(helper, context)
  if (!isSame(before, held, context))
    return conflictWith(before === undefined ? undefined : { helper, held: before }, context)
  if (isRenamed(exchange, exchange) && !isSame(await pairUnder(nameOf(next), helper, context), other, context))
    throw taken(helper, next)
  const outcome = await exchanged(exchange, context).catch(failureOnly)
  if (outcome === 'exchanged') return { kind: 'changed', now: digestOf(next, context) }
  const state = await putBack(exchange, context).catch(notKnown)
  if (outcome instanceof Failure) throw new Failure(outcome.code, { ...outcome.parts, state })
  throw refused(helper.address, outcome, { state })
}

/** The old one is forgotten only after the new one was found under its name: a helper may ignore what it is told to keep. */
async function exchanged(exchange: Exchange, context: Context): Promise<string> {
  const { helper, held, next, stays } = exchange
  await approve(helper, next, context)
  if (!isSame(await pairUnder(nameOf(next), helper, context), next, context))
    return 'the helper does not keep what git gives it'
  if (isRenamed(exchange, exchange)) await reject(helper, held, context)
  if (stays !== undefined) await approve(helper, stays, context)
  if (await isAnswer(helper, next, stays, context)) return 'exchanged'
  return 'the helper keeps both, and goes on answering with the old one'
}

/** Some helpers answer with what they were given last, others with what they were given first. */
async function isAnswer(
  helper: HelperSetting,
  wanted: Attributes,
  beside: Attributes | undefined,
  context: Context,
): Promise<boolean> {
  const answers = async (): Promise<boolean> => isSame(await fill(helper, context), wanted, context)
  if (await answers()) return true
  if (beside === undefined) return false
  await reject(helper, beside, context)
  await approve(helper, beside, context)
  if (await answers()) return true
  await approve(helper, wanted, context)
  return answers()
}

/** Says what the helper holds then. What it made of the new secret is forgotten whatever it is: a helper may cut what it is given. */
async function putBack(exchange: Exchange, context: Context): Promise<string> {
  const { helper, held, next, other } = exchange
  const name = nameOf(next)
  const renamed = isRenamed(exchange, exchange)
  if (renamed) await reject(helper, new Map([['username', name]]), context)
  await approve(helper, held, context)
  if (other !== undefined) await approve(helper, other, context)
  if (!(await isAnswer(helper, held, other, context))) return 'The helper no longer answers with what it held.'
  if (!renamed || isSame(await pairUnder(name, helper, context), other, context)) return HELD
  return `The helper answers with what it held, and keeps a pair besides under ${name}.`
}

const HELD = 'The helper holds what it held.'

function notKnown(error: unknown): string {
  failureOnly(error)
  return 'It is not known what the helper holds now.'
}

function failureOnly(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

function isRenamed({ held }: Found, { next }: Aim): boolean {
  return nameOf(held) !== nameOf(next)
}

function nameOf(pair: Attributes): string {
  return pair.get('username') ?? ''
}

function isSame(one: Attributes | undefined, other: Attributes | undefined, context: Context): boolean {
  if (one === undefined || other === undefined) return one === other
  return digestOf(one, context) === digestOf(other, context)
}

export function digestOf(held: Attributes, context: Context): Digest {
  const told = new Map(['username', 'password'].map((name) => [name, held.get(name) ?? '']))
  return context.digest(Buffer.from(linesOf(told), 'utf8'))
}

export function conflictWith(found: Found | undefined, context: Context): Conflict {
  return { kind: 'conflict', found: found === undefined ? 'absent' : digestOf(found.held, context) }
}

/** Nothing was told to the helper yet, unless `state` says so. */
export function refused(
  address: string,
  because: string,
  { state = HELD, next = [] }: { readonly state?: string; readonly next?: readonly string[] } = {},
): Failure {
  return new Failure('R204', { at: address, because, state, next })
}

function taken({ address }: HelperSetting, next: Attributes): Failure {
  const name = nameOf(next)
  const isPlain = /^[A-Za-z0-9._@+-]+$/.test(name)
  return refused(address, `the helper holds another secret under ${name} already, which somebody may use`, {
    next: [
      'Have it forget that one (git credential reject), then repeat the command.',
      ...(isPlain
        ? [`  printf 'protocol=https\\nhost=bitbucket.org\\nusername=${name}\\n\\n' | git credential reject`]
        : []),
    ],
  })
}
