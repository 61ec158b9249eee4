import { refuseUnauthorized } from './bitbucket/git-texts.ts'
import { rateLimited, refuseToken } from './bitbucket/rest-texts.ts'
import type { Fault } from './fault.ts'
import { type Incoming, type Reply, textReply } from './reply.ts'

/**
 * A page of the web site where an API answer was expected, about 25 KB, with the caller's profile and a short-lived web
 * token in it (github.com/jonasporto/bb-cli, docs/api.md): parsing it as JSON fails, echoing it would leak a session.
 */
const htmlPage = (): string => {
  const bootstrap = JSON.stringify({
    user: { display_name: 'Sandbox person', account_id: '712020:sandbox', email: 'person@example.com' },
    webToken: `sandboxFAKE.${'w'.repeat(48)}.sandboxFAKE`,
  })
  const head = '<!DOCTYPE html>\n<html lang="en"><head><title>Not found</title></head><body><h1>Page not found</h1>\n'
  const script = `<script id="bb-bootstrap" type="application/json">${bootstrap}</script>\n`
  const filler = '<div class="skeleton" aria-hidden="true"></div>\n'.repeat(512)
  return `${head}${script}${filler}</body></html>\n`
}

export const htmlNotFound = (because: string): Reply => ({
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: htmlPage(),
  because,
})

/** Faults that only disturb the request on its way; it is answered as usual afterwards. */
type Passing = 'latency' | 'dropped-authorization'

export const isPassing = (fault: Fault): fault is Fault & { readonly kind: Passing } =>
  fault.kind === 'latency' || fault.kind === 'dropped-authorization'

export const faultReply = (fault: Fault, request: Incoming): Reply => {
  const because = `injected fault: ${fault.kind}`
  switch (fault.kind) {
    case 'unauthorized-once':
    case 'random-unauthorized':
      return request.host === 'bitbucket.org' ? refuseUnauthorized(because) : refuseToken(because)
    case 'rate-limit':
      return rateLimited(because)
    case 'html-404':
      return htmlNotFound(because)
    default:
      return textReply(fault.status ?? 500, fault.text ?? '', because)
  }
}
