import type { Diagnosis, Repair } from '../../model/diagnosis.ts'
import type { HiddenCredential, JenkinsFindings } from '../../model/jenkins-findings.ts'
import { logEvidence } from '../console-log-table.ts'
import type { Facts } from '../facts.ts'
import { found } from '../found.ts'
import { askJenkins, selectCredential } from '../jenkins-commands.ts'
import { hiddenWords, jenkinsEvidence } from '../jenkins-outcome.ts'
import { GIT_USERNAME } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { findingsOf } from '../sample-facts.ts'

const ID = 'jenkins-id-not-found'
const SECRET_TEXT = {
  kind: 'not found',
  known: ['system: bb'],
  hidden: [{ store: 'system', because: { kind: 'type', typeName: 'Secret text' } }],
} as const

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
      when: 'it is a Secret text, which git is not offered',
      given: { jenkins: findingsOf({ resolution: SECRET_TEXT }) },
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
    if (jenkins?.resolution.kind === 'not found') return fromFindings(facts, jenkins, jenkins.resolution)
    const line = facts.log?.findings.find(({ id }) => id === 'L1')
    if (line === undefined || jenkins?.resolution.kind === 'found') return undefined
    return found(facts, ID, 'D113', {
      details: { id: line.captured ?? '' },
      evidence: [logEvidence(line)],
      repairs: [{ text: 'Ask the controller which ids the job can see.', commands: [askJenkins(jenkins)] }],
    })
  },
}

type NotFound = Extract<JenkinsFindings['resolution'], { kind: 'not found' }>

function fromFindings(facts: Facts, jenkins: JenkinsFindings, { known, hidden = [] }: NotFound): Diagnosis {
  const id = jenkins.credentialId ?? ''
  // The id itself is known where it is hidden; naming it again would change nothing.
  const others = known.map(idOf).filter((other) => other !== id)
  const nearest = nearestOf(id, others)
  const [first] = hidden
  return found(facts, ID, 'D113', {
    details: {
      id,
      known: [...known],
      ...(first === undefined ? {} : { hidden: `${first.store}`, because: hiddenWords(first.because) }),
      ...(jenkins.item === undefined ? { controller: jenkins.controller } : { job: jenkins.item }),
    },
    evidence: jenkinsEvidence(jenkins),
    repairs: [
      ...(first === undefined ? [] : [makeVisible(id, first)]),
      ...(nearest === undefined
        ? []
        : [nameNearest(jenkins, nearest, first === undefined ? 'first way' : 'other way')]),
      ...(first === undefined && nearest === undefined ? [withoutAny()] : []),
    ],
  })
}

/** Jenkins shows no secret, so that a person has to do it in the page of the credential. */
function makeVisible(id: string, { store, because }: HiddenCredential): Repair {
  const where = store === 'system' ? 'Manage Jenkins, Credentials' : `Credentials of the ${store}`
  const change: Readonly<Record<typeof because.kind, string>> = {
    scope: `Open "${id}" (${where}), Update, and choose the scope Global.`,
    domain: `Move "${id}" to the global domain (${where}, Move), or add bitbucket.org to the hosts of its domain.`,
    type: `Create a credential of the kind "Username with password" with another id (${where}), with the username ${GIT_USERNAME} and the token, and select it in the job.`,
  }
  return { text: change[because.kind], commands: [] }
}

/** Without a job there is nothing to edit: only the id that was asked for may be wrong. */
function nameNearest(jenkins: JenkinsFindings, nearest: string, way: 'first way' | 'other way'): Repair {
  if (jenkins.item !== undefined) {
    const select = selectCredential(jenkins, nearest)
    return way === 'first way' ? select : { ...select, text: `Or ${select.text.replace(/^L/, 'l')}` }
  }
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
