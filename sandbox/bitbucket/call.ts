import type { z } from 'zod'
import type { GitPass, Incoming, Stage } from '../reply.ts'
import type { Repository, Workspace } from '../world.ts'
import type { Operation } from './operation-index.ts'
import type { Caller } from './rest-identity.ts'

/** One REST request after the table found its operation. */
export interface Call {
  readonly stage: Stage
  readonly request: Incoming
  readonly operation: Operation
  readonly names: Readonly<Record<string, string>>
  readonly caller: Caller
  /** The body, read at most once; undefined if it is no JSON object. */
  json(): Promise<unknown>
}

export interface RepositoryCall extends Call {
  readonly repository: Repository
}

export interface WorkspaceCall extends Call {
  readonly workspace: Workspace
}

/** What a behaviour says; headers and the record's reason are added around it. */
export type Outcome =
  | { readonly kind: 'json'; readonly status: 200 | 201; readonly body: unknown }
  | { readonly kind: 'page'; readonly values: readonly unknown[]; readonly largest: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'out of reach' }
  | { readonly kind: 'not found'; readonly message: string }
  | { readonly kind: 'wrong fields'; readonly fields: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | { readonly kind: 'without rights' }
  | { readonly kind: 'not played' }
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Uint8Array }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'pass'; readonly pass: GitPass }

type Answered = Outcome | Promise<Outcome>

export type Behaviour = (call: Call) => Answered
export type RepositoryBehaviour = (call: RepositoryCall) => Answered
export type WorkspaceBehaviour = (call: WorkspaceCall) => Answered

export const ok = (body: unknown): Outcome => ({ kind: 'json', status: 200, body })
export const created = (body: unknown): Outcome => ({ kind: 'json', status: 201, body })
export const page = (values: readonly unknown[], largest = 100): Outcome => ({ kind: 'page', values, largest })
export const done: Outcome = { kind: 'done' }
export const outOfReach: Outcome = { kind: 'out of reach' }
export const notFound = (message: string): Outcome => ({ kind: 'not found', message })
export const wrongFields = (fields: Readonly<Record<string, readonly string[]>>): Outcome => ({
  kind: 'wrong fields',
  fields,
})

export const okOr = <T>(found: T | undefined, what: string, render: (found: T) => unknown): Outcome =>
  found === undefined ? notFound(`${what} not found`) : ok(render(found))

/** The value of `{name}` in the path. UUIDs arrive as `{…}`, and are kept without braces. */
export const nameOf = (call: Call, name: string): string => call.names[name] ?? ''
export const uuidOf = (call: Call, name: string): string => nameOf(call, name).replace(/^\{(.*)\}$/, '$1')

const fieldText = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.input === undefined ? 'This field is required.' : issue.message

/** Reads the body by its shape, and answers for the client if it has another one. */
export const withBody = async <T>(call: Call, shape: z.ZodType<T>, then: (body: T) => Answered): Promise<Outcome> => {
  const read = shape.safeParse(await call.json(), { reportInput: true })
  if (read.success) return then(read.data)
  return wrongFields(
    Object.fromEntries(read.error.issues.map((issue) => [issue.path.join('.') || 'body', [fieldText(issue)]])),
  )
}

/** The person behind the call, where there is one. */
export const usernameOf = (call: Call): string | undefined =>
  call.caller.kind === 'user' ? call.caller.username : undefined

/** `2026-11-23T09:00:00.000000+00:00`, as Bitbucket prints instants. */
export const stamp = (date: Date): string => date.toISOString().replace('Z', '000+00:00')
