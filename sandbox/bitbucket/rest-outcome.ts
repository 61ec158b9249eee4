import { issuedLabel } from '../issued.ts'
import { type GitPass, jsonReply, type Reply } from '../reply.ts'
import type { Call, Outcome } from './call.ts'
import { pageReply } from './rest-paging.ts'
import * as texts from './rest-texts.ts'

type Headers = Readonly<Record<string, string>>

const succeeded = (outcome: Outcome): boolean =>
  ['json', 'page', 'done', 'bytes', 'redirect', 'pass'].includes(outcome.kind)

/** The secret counts as used when it opened something. */
const use = (call: Call): string => {
  if (call.caller.kind === 'anonymous') return 'public'
  call.caller.credential.lastUsedAt = call.stage.world.now()
  return `${issuedLabel(call.caller.credential)} opens it`
}

export const outcomeReply = (call: Call, outcome: Outcome, headers: Headers): Reply | GitPass => {
  const because = succeeded(outcome) ? use(call) : `${call.operation.id}: ${outcome.kind}`
  switch (outcome.kind) {
    case 'json':
      return jsonReply(outcome.status, outcome.body, because, headers)
    case 'page':
      return pageReply(call, outcome.values, { largest: outcome.largest, because, headers })
    case 'done':
      return { status: 204, headers, body: '', because }
    case 'bytes':
      return { status: 200, headers: { ...headers, 'content-type': outcome.type }, body: outcome.bytes, because }
    case 'redirect':
      return { status: 302, headers: { ...headers, location: outcome.location }, body: '', because }
    case 'pass':
      return outcome.pass
    default:
      return refusal(call, outcome, because, headers)
  }
}

type Refusal = Extract<
  Outcome,
  { kind: 'out of reach' | 'not found' | 'wrong fields' | 'refused' | 'without rights' | 'not played' }
>

const refusal = (call: Call, outcome: Refusal, because: string, headers: Headers): Reply => {
  switch (outcome.kind) {
    case 'out of reach':
      return texts.refuseOutOfReach('absent, or out of this caller’s reach', headers)
    case 'not found':
      return texts.restError(404, outcome.message, because, headers)
    case 'wrong fields':
      return texts.refuseFields(outcome.fields, because, headers)
    case 'refused':
      return texts.restError(outcome.status, outcome.message, because, headers)
    case 'without rights':
      return texts.refuseInsufficientRights(because, headers)
    case 'not played':
      return texts.notPlayed(call.operation.id, headers)
  }
}
