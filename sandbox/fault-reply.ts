import { refuseUnauthorized } from './bitbucket/git-texts.ts'
import { refuseToken } from './bitbucket/rest-texts.ts'
import type { Fault } from './fault.ts'
import { type Incoming, type Reply, textReply } from './reply.ts'

/** A page of the web site where an API answer was expected: parsing it as JSON fails, echoing it would leak a session. */
const htmlPage =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Not found</title></head><body><h1>Page not found</h1></body></html>\n'

export const faultReply = (fault: Fault, request: Incoming): Reply => {
  const because = `injected fault: ${fault.kind}`
  switch (fault.kind) {
    case 'unauthorized-once':
      return request.host === 'bitbucket.org' ? refuseUnauthorized(because) : refuseToken(because)
    case 'rate-limit':
      // 46 bytes, no Retry-After: github.com/renovatebot/renovate/issues/3024, 9438.
      return {
        status: 429,
        headers: { 'content-type': 'text/plain' },
        body: 'Rate limit for this resource has been exceeded',
        because,
      }
    case 'html-404':
      return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: htmlPage, because }
    case 'status':
      return textReply(fault.status ?? 500, fault.text ?? '', because)
  }
}
