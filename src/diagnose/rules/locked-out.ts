import type { Answer } from '../../model/answer.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'locked-out'
const LOCKED: Answer = { kind: 'unknown', reason: 'locked out', evidence: NOT_TOLD.evidence }

/** While the lock lasts every credential of the account is refused, the right one too: no other answer counts. */
export const lockedOut: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'bitbucket.org/site/master/issues/14735 and 15920: "Too many failed authentication attempts", about 15 minutes',
  examples: [
    { when: 'git says so', given: { answers: { 'git-configured': LOCKED } }, gives: 'D130' },
    {
      when: 'the fixed username meets it too',
      given: { answers: { 'git-configured': no('unauthorized'), 'git-sentinel': LOCKED } },
      gives: 'D130',
    },
    { when: 'a pair is refused', given: { answers: { 'git-configured': no('unauthorized') } }, gives: 'pass' },
    { when: 'it is accepted', given: { answers: { 'git-configured': YES } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const locked = Object.values(facts.answers).filter(
      (answer) => answer.kind === 'unknown' && answer.reason === 'locked out',
    )
    if (locked.length === 0) return undefined
    return found(facts, ID, 'D130', {
      evidence: locked.map(({ evidence }) => evidence),
      repairs: [
        {
          text: 'Stop what tries again and again (a build, a cron job, an editor), wait 15 minutes or sign in once at https://bitbucket.org, then repeat the command.',
          commands: [],
        },
      ],
    })
  },
}
