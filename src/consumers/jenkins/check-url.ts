import { Failure } from '../../model/failure.ts'
import type { CheckUrlOutcome } from '../../model/jenkins-findings.ts'
import type { JenkinsClient } from './client.ts'
import { pageOf } from './controller-path.ts'
import { plainWords } from './plain-words.ts'

export interface UrlCheck {
  /** Full name of the job; at the root Jenkins asks for Administer. */
  readonly item: string | undefined
  readonly url: string
  readonly credentialsId: string
}

/** Outcomes of the same question without and with the credential. */
export interface Differential {
  readonly without: CheckUrlOutcome
  readonly with: CheckUrlOutcome
}

/**
 * `git ls-remote` on the controller, as the form of the git plugin runs it (git-plugin, UserRemoteConfig.DescriptorImpl.doCheckUrl).
 * `<div/>` alone proves nothing: it is also the answer for a public repository, for a helper or netrc of the controller,
 * without permission, and for a URL with `$`. So the same is asked without the credential first, and must fail.
 */
export async function checkUrlDifferential(client: JenkinsClient, check: UrlCheck): Promise<Differential> {
  if (check.url.includes('$')) return { without: { kind: 'not asked' }, with: { kind: 'not asked' } }
  const without = await checkUrl(client, { ...check, credentialsId: '' })
  if (check.credentialsId === '') return { without, with: { kind: 'not asked' } }
  return { without, with: await askedAgain(client, check) }
}

/** A single 401 for a good pair happens under load (BCLOUD-24107): it is asked once more. */
async function askedAgain(client: JenkinsClient, check: UrlCheck): Promise<CheckUrlOutcome> {
  const first = await checkUrl(client, check)
  return first.kind === 'failed' && /authentication failed/i.test(first.words) ? checkUrl(client, check) : first
}

async function checkUrl(client: JenkinsClient, { item, url, credentialsId }: UrlCheck): Promise<CheckUrlOutcome> {
  const path = pageOf(item, 'descriptorByName/hudson.plugins.git.UserRemoteConfig/checkUrl')
  return formOutcome(client, path, await client.postForm(path, { value: url, credentialsId }))
}

/** Asks Branch Source whether it knows this form of credential; nothing is sent to Bitbucket (BitbucketSCMSource.DescriptorImpl). */
export async function checkBranchSource(
  client: JenkinsClient,
  item: string | undefined,
  credentialsId: string,
): Promise<CheckUrlOutcome> {
  const path = pageOf(
    item,
    'descriptorByName/com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource/checkCredentialsId',
  )
  return formOutcome(
    client,
    path,
    await client.postForm(path, { value: credentialsId, serverUrl: 'https://bitbucket.org' }),
  )
}

/** Form validation answers `<div/>` or one `<div class=…>` with words; anything else is not from Jenkins. */
function formOutcome(client: JenkinsClient, path: string, html: string): CheckUrlOutcome {
  const text = html.trim()
  if (/^<div\s*\/>$|^<div>\s*<\/div>$/.test(text)) return { kind: 'connected' }
  if (/^<div class="?'?(error|warning|ok)\b/.test(text)) return { kind: 'failed', words: plainWords(text) }
  throw new Failure('R404', {
    at: client.baseUrl + path,
    because: 'it answered 200, but not as the form validation of Jenkins does; a sign-on page may stand in between',
  })
}
