import { setTimeout as delay } from 'node:timers/promises'
import { answerAccount } from './atlassian/account-pages.ts'
import { answerSite } from './atlassian/site.ts'
import { answerListing } from './atlassian/token-listing.ts'
import { answerRest } from './bitbucket/rest.ts'
import { answerUploads } from './bitbucket/web/uploads.ts'
import { answerWeb } from './bitbucket/web/web.ts'
import { faultReply, isPassing } from './fault-reply.ts'
import { type GitPass, type Incoming, type Reply, type Stage, textReply } from './reply.ts'

/** Answers after any disturbance that a test ordered. */
export const answer = async (stage: Stage, request: Incoming): Promise<Reply | GitPass> => {
  const fault = stage.world.faults.take(request.host + request.path, request.presented.scheme !== 'none')
  if (fault === undefined) return answerHost(stage, request)
  if (!isPassing(fault)) return faultReply(fault, request)
  if (fault.kind === 'latency') await delay(fault.milliseconds ?? 1_000)
  const arrived: Incoming = fault.kind === 'latency' ? request : { ...request, presented: { scheme: 'none' } }
  const reply = await answerHost(stage, arrived)
  return { ...reply, because: `injected fault: ${fault.kind}; ${reply.because}` }
}

const answerHost = async (stage: Stage, request: Incoming): Promise<Reply | GitPass> => {
  switch (request.host) {
    case 'bitbucket.org':
      return answerWeb(stage, request)
    case 'www.bitbucket.org':
      return redirectToApex(request)
    case 'api.bitbucket.org':
      return answerRest(stage, request)
    case 'bbuseruploads.s3.amazonaws.com':
      return answerUploads(stage, request)
    case 'id.atlassian.com':
      return answerAccount(stage, request)
    case 'api.atlassian.com':
      return answerListing(stage, request)
    case 'acme.atlassian.net':
      return answerSite(stage, request)
  }
}

/** Seen for LFS around 2018: github.com/microsoft/Git-Credential-Manager-for-Windows/issues/725. */
const redirectToApex = (request: Incoming): Reply => {
  const query = request.query.size === 0 ? '' : `?${request.query}`
  const location = `https://bitbucket.org${request.path}${query}`
  return textReply(301, '', 'www redirects to the bare name', { location })
}
