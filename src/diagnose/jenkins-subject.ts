import { shapeOf } from '../bitbucket/token-shape.ts'
import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Credential } from '../model/credential.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import type { Secret } from '../model/secret.ts'
import { branchSourceKind } from './branch-source-kind.ts'
import type { Subject } from './facts.ts'
import { isEmail } from './open-question.ts'

/** The credential that the job gets, with the secret that the user gave: Jenkins shows none. */
export function jenkinsSubject(findings: JenkinsFindings, asked: Subject, secret: Secret | undefined): Subject {
  if (findings.branchSource !== undefined)
    return ofBranchSource(findings, findings.branchSource.workspace, asked, secret)
  if (secret === undefined) return asked
  // Without a stored username the secret is judged alone, under the fixed name of its kind.
  const credential = { secret, username: storedUsername(findings) ?? fixedUsername(secret) }
  // An e-mail in the URL of the job is no name for git, and tells whose the token is.
  const email = asked.email ?? (isEmail(findings.urlUsername) ? findings.urlUsername : undefined)
  return { ...asked, credential, ...(email === undefined ? {} : { email }) }
}

/** Branch Source asks REST with the pair as it is stored, and sends git another name by itself: so REST is what is asked. */
function ofBranchSource(
  findings: JenkinsFindings,
  workspace: string,
  asked: Subject,
  secret: Secret | undefined,
): Subject {
  const credential = secret === undefined ? undefined : restCredential(findings, secret)
  const scan = findings.itemKind === 'organization' ? { scans: true as const, workspace } : {}
  return { ...asked, use: 'rest', ...scan, ...(credential === undefined ? {} : { credential }) }
}

/** A Secret text goes as Bearer; the key and the secret of an OAuth consumer are no pair that REST takes. */
function restCredential(findings: JenkinsFindings, secret: Secret): Credential | undefined {
  const username = storedUsername(findings)
  const kind = branchSourceKind({ username, secret: { shape: shapeOf(secret) } })
  if (kind === 'OAuth consumer') return undefined
  return username === undefined ? { secret } : { secret, username }
}

function storedUsername({ resolution }: JenkinsFindings): string | undefined {
  return resolution.kind === 'found' ? resolution.username : undefined
}

function fixedUsername(secret: Secret): string {
  return shapeOf(secret).kind === 'access-token' ? ACCESS_TOKEN_GIT_USERNAME : API_TOKEN_GIT_USERNAME
}
