import type { Repair } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { askJenkins, selectCredential } from '../jenkins-commands.ts'
import { jenkinsEvidence } from '../jenkins-outcome.ts'
import type { Rule } from '../rule.ts'
import { findingsOf } from '../sample-facts.ts'

const ID = 'jenkins-id-not-found'

/** The git plugin prints one warning and goes on without a credential, so that the build ends as if the password were wrong. */
export const jenkinsIdNotFound: Rule = {
  id: ID,
  judges: 'route',
  source: 'git plugin, GitSCM.java: Warning: CredentialId "%s" could not be found (since 4.9.0)',
  examples: [
    {
      when: 'no store holds the id',
      given: { jenkins: findingsOf({ resolution: { kind: 'not found', known: ['bb'] } }) },
      gives: 'D113',
    },
    {
      when: 'the console says so',
      given: { log: { findings: [{ id: 'L1', line: '', captured: 'bb' }] } },
      gives: 'D113',
    },
    { when: 'the id was found', given: { jenkins: findingsOf() }, gives: 'pass' },
    {
      when: 'the console is older than the credential',
      given: { jenkins: findingsOf(), log: { findings: [{ id: 'L1', line: '', captured: 'bb' }] } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { jenkins } = facts
    if (jenkins?.resolution.kind === 'not found') return fromFindings(facts, jenkins.resolution.known)
    const line = facts.log?.findings.find(({ id }) => id === 'L1' || id === 'L17')
    if (line === undefined || jenkins?.resolution.kind === 'found') return undefined
    return found(facts, ID, 'D113', {
      details: { id: line.captured ?? '' },
      evidence: [{ asked: 'console log', answered: line.line }],
      repairs: [{ text: 'Ask the controller which ids the job can see.', commands: [askJenkins(jenkins)] }],
    })
  },
}

function fromFindings(facts: Facts, known: readonly string[]) {
  const { jenkins } = facts
  if (jenkins === undefined) return undefined
  const id = jenkins.credentialId ?? ''
  const nearest = nearestOf(id, known.map(idOf))
  return found(facts, ID, 'D113', {
    details: {
      id,
      known: [...known],
      ...(jenkins.item === undefined ? { controller: jenkins.controller } : { job: jenkins.item }),
    },
    evidence: jenkinsEvidence(jenkins),
    repairs: nearest === undefined ? [withoutAny()] : [nameNearest(jenkins, nearest)],
  })
}

/** Without a job there is nothing to edit: only the id that was asked for may be wrong. */
function nameNearest(jenkins: JenkinsFindings, nearest: string): Repair {
  if (jenkins.item !== undefined) return selectCredential(jenkins, nearest)
  return {
    text: `Ask for "${nearest}", whose id is the most like it, or name the job: its folders hold credentials too.`,
    commands: [askJenkins({ ...jenkins, credentialId: nearest })],
  }
}

function withoutAny(): Repair {
  return {
    text: 'Create a credential of the kind "Username with password" with this id in Jenkins (Manage Jenkins, Credentials), or select another one in the job. A credential of the kind "Secret text" is not offered to git.',
    commands: [],
  }
}

/** The examiner names the store before the id: `system: bb`, `folder team: bb`. */
function idOf(known: string): string {
  return known.replace(/^(?:system|folder .+?): /, '')
}

/** A typing error changes little: the id at the smallest edit distance comes first. */
export function nearestOf(id: string, known: readonly string[]): string | undefined {
  return [...known].sort((a, b) => distance(id, a) - distance(id, b) || (a < b ? -1 : 1))[0]
}

function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const substituted = (row[j] ?? 0) + (letter.toLowerCase() === other.toLowerCase() ? 0 : 1)
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, substituted))
    }
    row = next
  }
  return row[to.length] ?? 0
}
