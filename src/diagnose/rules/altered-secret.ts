import type { TokenShape } from '../../bitbucket/token-shape.ts'
import { allEvidence, gitAnswer, isRecognised, scopesToCreate } from '../answers.ts'
import { found } from '../found.ts'
import { isKnownToRest } from '../open-question.ts'
import { createToken, replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { API_TOKEN, BLANK_TOKEN, CUT_TOKEN, NOT_TOLD, no, QUOTED_TOKEN, YES } from '../sample-facts.ts'

const ID = 'altered-secret'

export const alteredSecret: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'Atlassian tokens end in the CRC-32 of what is before; recomputed on the published vectors of DataDog/dd-sensitive-data-scanner',
  examples: [
    { when: 'the checksum does not fit', given: { shape: CUT_TOKEN }, gives: 'D109' },
    {
      when: 'it is stored percent-encoded',
      given: { shape: { ...API_TOKEN, percentEncoded: true }, answers: { 'git-configured': no('unauthorized') } },
      gives: 'D109',
    },
    {
      when: 'white space is at an edge',
      given: { shape: BLANK_TOKEN, answers: { 'git-configured': no('unauthorized') } },
      gives: 'D109',
    },
    {
      when: 'quotes are around it',
      given: { shape: QUOTED_TOKEN, answers: { 'git-configured': no('unauthorized') } },
      gives: 'D109',
    },
    {
      when: 'white space is at an edge and does no harm',
      given: { shape: BLANK_TOKEN, answers: { 'git-configured': YES } },
      gives: 'pass',
    },
    {
      when: 'white space is at an edge of a header, where it is cut off',
      given: { use: 'rest', bearer: true, shape: BLANK_TOKEN, answers: { 'rest-configured': NOT_TOLD } },
      gives: 'pass',
    },
    {
      when: 'REST hides the repository as from everybody, and names no credential',
      given: { use: 'rest', shape: CUT_TOKEN, answers: { 'rest-configured': no('no access') } },
      gives: 'D109',
    },
    {
      when: 'it is whole',
      given: { shape: API_TOKEN, answers: { 'git-configured': no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { shape, answers } = facts
    const problem = shape === undefined ? undefined : problemOf(shape, facts.bearer === true)
    if (shape === undefined || problem === undefined) return undefined
    // What Bitbucket accepts is not damaged, whatever the checksum says: formats may change.
    if (isRecognised(gitAnswer(answers)) || isKnownToRest(answers['rest-configured'])) return undefined
    const [, ...replace] = replaceCredential(facts)
    return found(facts, ID, 'D109', {
      details: { problem },
      evidence: [{ asked: 'Is the secret whole?', answered: problem }, ...allEvidence(answers)],
      repairs: [
        {
          ...createToken(scopesToCreate(facts)),
          text: `Copy the token again, whole. It was shown once; if it is not kept anywhere, a new one is needed. ${createToken(scopesToCreate(facts)).text}`,
        },
        ...replace,
      ],
    })
  },
}

/** White space around the value of a header is no part of it (RFC 9110, 5.5). */
function problemOf(shape: TokenShape, isHeader: boolean): string | undefined {
  if (shape.percentEncoded) return 'it is percent-encoded, and is sent so'
  if (shape.blankEdges && !isHeader) return 'it begins or ends with white space'
  if (shape.surrounded) return 'something stands before or after it, such as quotes or a name'
  if (shape.checksum === 'does not fit') return 'the checksum at its end does not fit the rest'
  return undefined
}
