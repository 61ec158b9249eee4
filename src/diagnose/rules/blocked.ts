import type { Answer } from '../../model/answer.ts'
import { evidenceOf } from '../answers.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { no } from '../sample-facts.ts'

const ID = 'blocked'

/** Refusals that concern the network address or the account, whatever the credential is. */
export const blocked: Rule = {
  id: ID,
  judges: 'credential',
  source: 'confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html',
  examples: [
    {
      when: 'the address is not on the allowlist',
      given: { answers: { 'git-configured': no('address not allowed') } },
      gives: 'D120',
    },
    {
      when: 'the workspace wants two-step verification',
      given: { answers: { 'rest-configured': no('two-step verification required') } },
      gives: 'D120',
    },
    { when: 'a scope is missing', given: { answers: { 'git-configured': no('scope missing') } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const reason = Object.values(facts.answers)
      .map(reasonOf)
      .find((found) => found !== undefined)
    if (reason === undefined) return undefined
    return found(facts, ID, 'D120', {
      details: { reason },
      evidence: evidenceOf(facts.answers, 'git-configured', 'git-push', 'rest-configured', 'rest-repository'),
      repairs: [{ text: repairText(reason, facts), commands: [] }],
    })
  },
}

function reasonOf(answer: Answer): string | undefined {
  if (answer.kind !== 'no') return undefined
  return answer.reason === 'address not allowed' || answer.reason === 'two-step verification required'
    ? answer.reason
    : undefined
}

function repairText(reason: string, { repository }: Facts): string {
  const workspace = repository?.workspace ?? 'the workspace'
  return reason === 'address not allowed'
    ? `An administrator of ${workspace} adds the address of this machine to the allowlist (workspace settings, Access controls).`
    : `The owner of the token turns on two-step verification: https://id.atlassian.com/manage-profile/security/two-step-verification. The workspace ${workspace} requires it.`
}
