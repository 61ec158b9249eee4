import type { IncomingHttpHeaders } from 'node:http'
import type { Controller } from '../controller.ts'
import type { UsageTracking } from '../usage.ts'
import type { Visitor } from './visitor.ts'

/** One request on its way through the routes. `rest` is what is left of the path, decoded. */
export interface Exchange {
  readonly method: string
  readonly rest: readonly string[]
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly visitor: Visitor
  readonly controller: Controller
  /** `http://<Host header><context path>`, without a slash at the end. */
  readonly base: string
  readonly usage: UsageTracking
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
  /** Given by something in front of Jenkins, so that none of its headers are on it. */
  readonly inFront?: true
}

export function formOf(exchange: Exchange): URLSearchParams {
  const isForm = (exchange.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  return new URLSearchParams(isForm ? exchange.body.toString('utf8') : '')
}

/** A parameter from the body of a form or from the query: Stapler does not tell them apart. */
export function parameter(exchange: Exchange, name: string): string {
  return formOf(exchange).get(name) ?? exchange.query.get(name) ?? ''
}

/**
 * The text of an XML body as `getReader()` gives it: the charset of the content type, otherwise ISO-8859-1 for XML
 * types (Jetty's default; core CharacterEncodingFilter skips them) and UTF-8 for the rest. The prolog does not count.
 */
export function xmlBody(exchange: Exchange): string {
  const type = exchange.headers['content-type'] ?? ''
  const charset = /charset="?([^";\s]+)/i.exec(type)?.[1]?.toLowerCase()
  const isXml = /^(application|text)\/xml/.test(type)
  const isUtf8 = charset === 'utf-8' || charset === 'utf8' || (charset === undefined && !isXml)
  if (exchange.body.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) {
    throw new Error('Content is not allowed in prolog.')
  }
  return exchange.body.toString(isUtf8 ? 'utf8' : 'latin1')
}
