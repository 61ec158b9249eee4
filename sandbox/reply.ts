import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { AccountDesk } from './atlassian/account-desk.ts'
import type { EmulatedHost } from './hosts.ts'
import type { Presented } from './presented.ts'
import type { Switches } from './switches.ts'
import type { SandboxWorld } from './world.ts'

/** A request as the handlers see it, whichever way it came in. */
export interface Incoming {
  readonly method: string
  readonly host: EmulatedHost
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly presented: Presented
  /** The origin of links in pages: `https://id.atlassian.com`, or the loopback address. */
  readonly origin: string
  body(): Promise<string>
}

/** A whole answer, and why it was given: the reason goes into the record, never over the wire. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Uint8Array
  readonly because: string
}

/** Sends the head of an answer. The request is recorded with this status first. */
export type SendHead = (status: number, headers?: OutgoingHttpHeaders) => void

/** Handles the raw request: bytes in, `sendHead`, bytes out. */
export type Stream = (request: IncomingMessage, response: ServerResponse, sendHead: SendHead) => Promise<void>

/** Hands the request to the real `git http-backend`, or to a handler of bytes. */
export interface GitPass {
  readonly backend: { readonly pathInfo: string; readonly remoteUser: string | undefined } | { readonly stream: Stream }
  readonly because: string
}

export interface Stage {
  readonly world: SandboxWorld
  readonly switches: Switches
  readonly desk: AccountDesk
}

export const textReply = (
  status: number,
  body: string,
  because: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body, because })

/**
 * JSON with a space after each comma and colon, as Bitbucket's REST API prints it. Whoever compares bodies as text
 * notices the difference.
 */
export const spacedJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${spacedJson(member)}`).join(', ')}}`
}

export const jsonReply = (
  status: number,
  value: unknown,
  because: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: spacedJson(value),
  because,
})

/** Outside the emulated surface: loud, so that no test passes by accident. */
export const notEmulated = (request: Incoming): Reply =>
  textReply(
    501,
    `The sandbox does not emulate ${request.method} https://${request.host}${request.path}\n`,
    'this route is not emulated',
  )
