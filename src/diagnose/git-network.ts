import { evidenceText } from '../bitbucket/evidence-text.ts'
import type { Context } from '../model/ports.ts'
import { type GitScene, type GitSetting, runGit } from './git-settings.ts'

/** Settings by which git goes another way than keyturn: its proxy, its certificates, its addresses (git, http.c: http_options). */
const OWN_WAY =
  /^(http\.(.+\.)?(proxy|proxyauthmethod|proxyssl.+|sslcainfo|sslcapath|sslcert|sslkey|sslversion|sslbackend|curloptresolve|pinnedpubkey)|remote\..+\.proxy)$/

/** libcurl knows ALL_PROXY; the others are git's own. */
const OWN_WAY_IN_ENVIRONMENT =
  /^(GIT_SSL_(CAINFO|CAPATH|CERT|KEY|VERSION)|GIT_PROXY_SSL_.+|GIT_HTTP_PROXY_AUTHMETHOD|ALL_PROXY|all_proxy)$/

/**
 * What git says when it does not get as far as Bitbucket. It is asked once, without any credential, and only where it has a network of
 * its own: everything else is asked by keyturn, which knows nothing of `http.proxy`.
 */
export async function whyGitIsCutOff(
  bareUrl: string,
  settings: readonly GitSetting[],
  scene: GitScene,
  context: Context,
): Promise<string | undefined> {
  if (!hasOwnWay(settings, scene, context)) return undefined
  const { stderr, exitCode } = await runGit(context, scene, [...anonymously(bareUrl), 'ls-remote', bareUrl, 'HEAD'])
  if (exitCode === 124) return 'git got no answer: the connection timed out'
  const [, words] = /unable to access '[^']*': (.+)/.exec(stderr) ?? []
  if (exitCode === 0 || words === undefined || isStatusOfBitbucket(words)) return undefined
  return evidenceText(words)
}

function hasOwnWay(settings: readonly GitSetting[], { home }: GitScene, context: Context): boolean {
  if (settings.some(({ key, value }) => OWN_WAY.test(key) && value !== '')) return true
  if (home !== undefined) return false // whoever runs git there has another environment
  const environment = context.system.processes.environment()
  // What Node trusts, keyturn trusts as well.
  const trusted = environment['NODE_EXTRA_CA_CERTS']
  return Object.entries(environment).some(
    ([name, value]) => OWN_WAY_IN_ENVIRONMENT.test(name) && value !== '' && value !== trusted,
  )
}

/**
 * An empty Authorization of libcurl's own keeps away what netrc or the URL would add (curl, CURLOPT_HTTPHEADER); the one key that no
 * other fits better also empties the list of headers.
 */
function anonymously(bareUrl: string): readonly string[] {
  const header = `http.${bareUrl}.extraHeader`
  return ['-c', `${header}=`, '-c', `${header}=Authorization:`, '-c', 'credential.helper=']
}

function isStatusOfBitbucket(words: string): boolean {
  return /requested URL returned error: (?!407)/.test(words)
}
