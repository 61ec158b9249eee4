import { Failure } from '../../model/failure.ts'
import type { CheckUrlOutcome } from '../../model/jenkins-findings.ts'
import type { JenkinsClient } from './client.ts'
import { pageOf } from './controller-path.ts'
import { plainWords } from './plain-words.ts'
import { type Refusals, watchRefusals } from './refusals.ts'
import { readRemoteUrl, withoutCredential } from './remote-url.ts'

export interface UrlCheck {
  /** Full name of the job; at the root Jenkins asks for Administer. */
  readonly item: string | undefined
  readonly url: string
  /** Empty: none is selected. */
  readonly credentialsId: string
}

/** Outcomes of the same question without and with the credential. `without` is not asked where `with` decides alone. */
export interface Differential {
  readonly without: CheckUrlOutcome
  readonly with: CheckUrlOutcome
}

/**
 * `git ls-remote` on the controller, as the form of the git plugin runs it (git-plugin, UserRemoteConfig.DescriptorImpl.doCheckUrl).
 * `<div/>` alone proves nothing: it is also the answer for a public repository, for a helper or netrc of the controller,
 * without permission, and for a URL with `$`. So the same is asked without the credential too, and must fail. A pair that is refused
 * twice is refused whatever the answer to that is, and it is not asked. Where none is selected, a secret in the URL is the credential.
 */
export async function checkUrlDifferential(
  client: JenkinsClient,
  check: UrlCheck,
  refusals: Refusals = watchRefusals(),
): Promise<Differential> {
  if (check.url.includes('$')) return { without: NOT_ASKED, with: NOT_ASKED }
  const bare = check.credentialsId === '' ? withoutOwnSecret(check.url) : check.url
  if (bare === undefined) return { without: await checkUrlWithout(client, check), with: NOT_ASKED }
  const withIt = await checkUrlWith(client, check, refusals)
  if (isRefusedPair(withIt)) return { without: NOT_ASKED, with: withIt }
  return { without: await checkUrlWithout(client, { ...check, url: bare }), with: withIt }
}

/** `undefined`: the URL holds none. */
function withoutOwnSecret(text: string): string | undefined {
  const url = readRemoteUrl(text)
  return url?.password === undefined ? undefined : withoutCredential(url)
}

/** The half without a credential. */
export function checkUrlWithout(
  client: JenkinsClient,
  check: Omit<UrlCheck, 'credentialsId'>,
): Promise<CheckUrlOutcome> {
  return checkUrl(client, { ...check, credentialsId: '' })
}

/** Refused, and not because of an app password that the controller may present by itself. */
export function isRefusedPair(outcome: CheckUrlOutcome): boolean {
  return isRefused(outcome) && !speaksOfAppPasswords(outcome)
}

export const NOT_ASKED: CheckUrlOutcome = { kind: 'not asked' }

function isRefused(outcome: CheckUrlOutcome): boolean {
  return outcome.kind === 'failed' && /authentication failed/i.test(outcome.words)
}

/** The controller may present an app password of its own: that the credential is none, the question without it tells. */
function speaksOfAppPasswords(outcome: CheckUrlOutcome): boolean {
  return outcome.kind === 'failed' && /app passwords?|CHANGE-3222|\b410\b/i.test(outcome.words)
}

/** The half with the credential. A single 401 for a good pair happens under load (BCLOUD-24107). */
export async function checkUrlWith(
  client: JenkinsClient,
  check: UrlCheck,
  refusals: Refusals = watchRefusals(),
): Promise<CheckUrlOutcome> {
  const first = await checkUrl(client, check)
  if (!isRefused(first) || !refusals.isInDoubt()) return first
  const second = await checkUrl(client, check)
  refusals.confirmed(isRefused(second))
  return second
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
