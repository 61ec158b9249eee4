import type { Scope } from '../../model/answer.ts'
import {
  allEvidence,
  grantedScopes,
  isGit,
  isRefusedTheQuestionAlone,
  isYes,
  neededScopes,
  readsRepositories,
  refusedBecause,
} from '../answers.ts'
import type { Answers, Facts, ProbeId } from '../facts.ts'
import { found } from '../found.ts'
import { replaceCredential } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { no, YES } from '../sample-facts.ts'

const ID = 'scope-missing'
const READ = 'read:repository:bitbucket'
const WRITE = 'write:repository:bitbucket'

/** No scope implies another: a token that may write must be allowed to read as well, or git cannot even fetch. */
export const scopeMissing: Rule = {
  id: ID,
  judges: 'credential',
  source:
    'support.atlassian.com/bitbucket-cloud/docs/api-token-permissions: "This scope does not imply the read:repository:bitbucket scope"',
  examples: [
    {
      when: 'fetching is refused for a scope',
      given: { use: 'git-fetch', answers: { 'git-configured': no('scope missing') } },
      gives: 'D105',
    },
    {
      when: 'the token may write but not read',
      given: {
        use: 'git-fetch',
        answers: { 'git-configured': no('scope missing'), 'rest-bearer': no('scope missing', { granted: [WRITE] }) },
      },
      gives: 'D105',
    },
    {
      when: 'pushing is refused for a scope',
      given: { use: 'git-push', answers: { 'git-configured': YES, 'git-push': no('scope missing') } },
      gives: 'D105',
    },
    {
      when: 'only the name is wrong as well',
      given: {
        use: 'git-fetch',
        answers: { 'git-configured': no('unauthorized'), 'git-sentinel': no('scope missing') },
      },
      gives: 'D105',
    },
    {
      when: 'REST refuses for a scope',
      given: { use: 'rest', answers: { 'rest-configured': no('scope missing', { missing: [READ] }) } },
      gives: 'D105',
    },
    {
      when: 'it has the scopes of what it is used for, and the question wants others',
      given: {
        use: 'rest',
        needs: [READ],
        answers: { 'rest-configured': no('scope missing', { missing: ['read:user:bitbucket'], granted: [READ] }) },
      },
      gives: 'pass',
    },
    {
      when: 'only /2.0/user needs a scope that git does not',
      given: {
        use: 'git-fetch',
        answers: { 'git-configured': no('unauthorized'), 'rest-bearer': no('scope missing') },
      },
      gives: 'pass',
    },
    {
      when: 'a public repository may be fetched without pushing',
      given: { use: 'git-fetch', answers: { 'git-anonymous': YES, 'git-push': no('scope missing') } },
      gives: 'pass',
    },
    {
      when: 'so may one under a wrong name',
      given: {
        use: 'git-fetch',
        answers: {
          'git-anonymous': YES,
          'git-push': no('unauthorized'),
          'git-sentinel': no('scope missing'),
          'rest-bearer': no('scope missing', { granted: [READ] }),
        },
      },
      gives: 'pass',
    },
    {
      when: 'a public repository may be fetched, and a private one could not be',
      given: {
        use: 'git-fetch',
        answers: { 'git-anonymous': YES, 'git-push': no('scope missing', { granted: ['read:account'] }) },
      },
      gives: 'D105',
    },
  ],
  decide: (facts) => {
    const probe = refusedProbe(facts)
    if (probe === undefined) return undefined
    const granted = grantedScopes(facts.answers)
    if (isRefusedTheQuestionAlone(facts)) return undefined
    const missing = missingScopes(facts, probe, granted)
    const wanted = [...new Set([...(facts.needs ?? neededScopes(facts.use)), ...missing, ...kept(granted)])].sort()
    const writeOnly = granted?.includes(WRITE) === true && !granted.includes(READ)
    return found(facts, ID, 'D105', {
      details: {
        missing,
        ...(granted === undefined ? {} : { granted }),
        use: facts.use,
        ...(writeOnly ? { writeWithoutRead: 'yes' } : {}),
      },
      evidence: allEvidence(facts.answers),
      missing,
      repairs: replaceCredential(facts, wanted),
    })
  },
}

/** A new token can do what the old one did; the older vocabulary, of access tokens, is not that of API tokens. */
function kept(granted: readonly Scope[] = []): readonly Scope[] {
  return granted.filter((scope) => scope.endsWith(':bitbucket'))
}

function refusedProbe({ use, answers }: Facts): ProbeId | undefined {
  const isPublicFetch = use === 'git-fetch' && isYes(answers['git-anonymous'])
  // Only pushing was asked there; the scope to read is missing where the others are listed without it.
  if (isPublicFetch && readsRepositories(answers) !== false) return undefined
  const counted: readonly ProbeId[] = isGit(use)
    ? ['git-configured', 'git-sentinel', ...(use === 'git-push' || isPublicFetch ? (['git-push'] as const) : [])]
    : ['rest-configured']
  return counted.find((probe) => refusedBecause(answers[probe], 'scope missing'))
}

/** REST names them; for git they follow from what is needed, as far as the granted ones are known. */
function missingScopes(
  { use, answers }: { use: Facts['use']; answers: Answers },
  probe: ProbeId,
  granted: readonly Scope[] | undefined,
): readonly Scope[] {
  const answer = answers[probe]
  if (answer?.kind === 'no' && answer.missing.length > 0) return answer.missing
  const needed = probe === 'git-push' && granted === undefined ? [WRITE] : neededScopes(use)
  return needed.filter((scope) => granted?.includes(scope) !== true)
}
