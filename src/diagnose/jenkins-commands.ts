import type { Repair } from '../model/diagnosis.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import { shellWord } from './shell-word.ts'

/** The login is taken from the reader's environment, so that no secret is in the command line that is printed. */
const CURL = 'curl -fsS -u "$JENKINS_USER_ID:$JENKINS_API_TOKEN"'

/** The same question again, with more. What is known is filled in. */
export function askJenkins(findings: JenkinsFindings | undefined, more = ''): string {
  const controller = findings === undefined ? 'URL' : shellWord(findings.controller)
  const { item, credentialId } = findings ?? { item: 'JOB' }
  const subject =
    item === undefined && credentialId !== undefined
      ? `--credential ${shellWord(credentialId)}`
      : `--job ${shellWord(item ?? 'JOB')}`
  return `keyturn doctor --jenkins ${controller} ${subject}${more}`
}

export function itemPath(fullName: string): string {
  return fullName
    .split('/')
    .map((part) => `job/${encodeURIComponent(part)}`)
    .join('/')
}

/** keyturn changes credentials and URLs; which credential a job names is the job's own configuration. */
export function selectCredential(findings: JenkinsFindings, id: string): Repair {
  const wanted = `<credentialsId>${xmlText(id)}</credentialsId>`
  const edit =
    findings.credentialId === undefined || findings.credentialId === ''
      ? `s|<hudson.plugins.git.UserRemoteConfig>|&${sedText(wanted)}|`
      : `s|<credentialsId>${sedPattern(xmlText(findings.credentialId))}</credentialsId>|${sedText(wanted)}|`
  return { text: `Let the job name the credential "${id}".`, commands: editJob(findings, edit) }
}

/** Out of every URL of Bitbucket in the job, whatever the scheme is written like; the secret is in no command. */
export function stripUserinfo(findings: JenkinsFindings): Repair {
  return {
    text: 'Take the username and the secret out of the URL of the job; its credential is then used.',
    commands: editJob(findings, 's|\\(https\\{0,1\\}://\\)[^<>/@]*@\\(bitbucket\\.org[/:]\\)|\\1\\2|g'),
  }
}

/** The file has the secrets of the job in it while it is edited, so nobody else may read it, and it does not stay. */
function editJob(findings: JenkinsFindings, edit: string): readonly string[] {
  const url = shellWord(`${findings.controller}/${itemPath(findings.item ?? 'JOB')}/config.xml`)
  return [
    `(umask 077; ${CURL} ${url} -o config.xml)`,
    `sed -i ${shellWord(edit)} config.xml`,
    `${CURL} -X POST -H 'Content-Type: application/xml;charset=UTF-8' --data-binary @config.xml ${url}`,
    'rm config.xml',
  ]
}

/** Deletes the nearer credential, so that the id means the farther one again. */
export function deleteNearer(findings: JenkinsFindings, store: string, id: string): Repair {
  const folder = store.replace(/^folder /, '')
  const url = `${findings.controller}/${itemPath(folder)}/credentials/store/folder/domain/_/credential/${encodeURIComponent(id)}/config.xml`
  return {
    text: `Or delete the credential "${id}" of the folder ${folder}, so that the one behind it is used again. Its secret is then lost.`,
    commands: [`${CURL} -X DELETE ${shellWord(url)}`],
  }
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function sedPattern(text: string): string {
  return text.replace(/[\\.*[\]^$|]/g, '\\$&')
}

function sedText(text: string): string {
  return text.replace(/[\\&|]/g, '\\$&')
}
