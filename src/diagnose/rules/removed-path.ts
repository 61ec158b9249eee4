import { evidenceText } from '../../bitbucket/evidence-text.ts'
import { evidenceOf, refusedBecause } from '../answers.ts'
import { found } from '../found.ts'
import type { Rule } from '../rule.ts'
import { NOT_TOLD, no, YES } from '../sample-facts.ts'

const ID = 'removed-path'

/** What replaces each listing (developer.atlassian.com/cloud/bitbucket/changelog, CHANGE-3022). */
const SUCCESSORS: readonly (readonly [RegExp, string])[] = [
  [/^\/2\.0\/(?:workspaces|user\/permissions\/workspaces)\/?(?:\?|$)/, '/2.0/user/workspaces'],
  [/^\/2\.0\/repositories\/?(?:\?|$)/, '/2.0/repositories/WORKSPACE?role=member'],
  [/^\/2\.0\/user\/permissions\/repositories\/?(?:\?|$)/, '/2.0/user/workspaces/WORKSPACE/permissions/repositories'],
]

export const removedPath: Rule = {
  id: ID,
  judges: 'credential',
  source: 'developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770: 410 for whoever asks',
  examples: [
    {
      when: 'the listing of all workspaces is gone',
      given: { use: 'rest', restPath: '/2.0/workspaces', answers: { 'rest-configured': no('endpoint removed') } },
      gives: 'D127',
    },
    {
      when: 'nobody was signed in',
      given: { use: 'rest', restPath: '/2.0/repositories', answers: { 'rest-anonymous': no('endpoint removed') } },
      gives: 'D127',
    },
    { when: 'it is there', given: { use: 'rest', answers: { 'rest-configured': YES } }, gives: 'pass' },
    { when: 'nothing was answered', given: { use: 'rest', answers: { 'rest-configured': NOT_TOLD } }, gives: 'pass' },
  ],
  decide: (facts) => {
    const { answers, restPath: path = '' } = facts
    const refused = [answers['rest-configured'], answers['rest-anonymous']].find((answer) =>
      refusedBecause(answer, 'endpoint removed'),
    )
    if (refused === undefined) return undefined
    const successor = SUCCESSORS.find(([known]) => known.test(path))?.[1]
    return found(facts, ID, 'D127', {
      details: {
        path: evidenceText(path),
        change: /CHANGE-\d+/.exec(refused.evidence.answered)?.[0] ?? 'no number told',
      },
      evidence: evidenceOf(answers, 'rest-anonymous', 'rest-configured'),
      repairs: [
        {
          text:
            successor === undefined
              ? 'Look up the change in https://developer.atlassian.com/cloud/bitbucket/changelog, and upgrade the tool that asks this path.'
              : `Ask https://api.bitbucket.org${successor} instead, or upgrade the tool that asks this path.`,
          commands: [],
        },
      ],
    })
  },
}
