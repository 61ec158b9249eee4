import { logEvidence } from '../console-log-table.ts'
import { found } from '../found.ts'
import { jenkinsEvidence, jenkinsOutcome } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { findingsOf } from '../sample-facts.ts'

const ID = 'over-ssh'
const SSH = findingsOf({
  sshUrl: 'git@bitbucket.org:acme/app.git',
  lastBuild: { number: 3, result: 'FAILURE', text: '' },
})

/** Keys are no part of the change from app passwords, so that neither a token nor a username mends it. */
export const overSsh: Rule = {
  id: ID,
  judges: 'route',
  source:
    'git-client-plugin, CliGitAPIImpl: using GIT_SSH; support.atlassian.com/bitbucket-cloud/docs/set-up-an-ssh-key',
  examples: [
    {
      when: 'the key of a job is refused',
      given: { jenkins: SSH, log: { findings: [{ id: 'L15', line: 'Permission denied (publickey).' }] } },
      gives: 'D136',
    },
    {
      when: 'the network fails first',
      given: {
        jenkins: SSH,
        log: {
          findings: [
            { id: 'L13', line: '' },
            { id: 'L15', line: '' },
          ],
        },
      },
      gives: 'pass',
    },
    {
      when: 'the job fetches over HTTPS',
      given: { jenkins: findingsOf(), log: { findings: [{ id: 'L15', line: '' }] } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins, log } = facts
    const line = log?.findings.find(({ id }) => id === 'L15')
    const isOther = log?.findings.some(({ id }) => id === 'L13') === true
    if (jenkins?.sshUrl === undefined || line === undefined || isOther || jenkinsOutcome(jenkins, facts) === 'works')
      return undefined
    return found(facts, ID, 'D136', {
      evidence: [
        { asked: `What does the URL of ${jenkins.item ?? 'the job'} say?`, answered: jenkins.sshUrl },
        logEvidence(line),
        ...jenkinsEvidence(jenkins),
      ],
      repairs: [
        {
          text: 'Look whether the public key of the Jenkins credential is known to Bitbucket: https://bitbucket.org/account/settings/ssh-keys/, or the access keys of the repository.',
          commands: [],
        },
      ],
    })
  },
}
