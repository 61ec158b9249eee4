import type { Answer } from '../model/answer.ts'
import type { HttpReply } from '../model/ports.ts'
import { answerOfReply } from './answer-of-reply.ts'

/** The web host sends people to its login page where git would be refused (docs/bitbucket-authentication.md, 4.4). */
const LOGIN = /\/account\/signin|id\.atlassian\.com\/login/

/** The reply to a download as the answer to "does it accept this credential?". A page is no download. */
export function answerOfDownload(asked: string, reply: HttpReply): Answer {
  if (reply.status >= 300 && reply.status < 400 && LOGIN.test(reply.headers['location'] ?? '')) {
    const evidence = { asked, answered: `${reply.status} to the login page`, status: reply.status }
    return { kind: 'no', reason: 'unauthorized', missing: [], evidence }
  }
  const answer = answerOfReply(asked, reply)
  if (answer.kind !== 'yes' || !/html/.test(reply.headers['content-type'] ?? '')) return answer
  const evidence = { ...answer.evidence, answered: `${reply.status}, a page and no archive` }
  return { kind: 'unknown', reason: 'unexpected reply', evidence }
}
