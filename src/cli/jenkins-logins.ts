import { nodeFiles } from '../index.ts'
import { Failure } from '../model/failure.ts'
import { jobName } from './job-name.ts'
import { shellWord } from './views/text.ts'

export interface JenkinsOptions {
  readonly jenkins?: readonly string[]
  readonly jenkinsUser?: readonly string[]
  readonly jenkinsTokenFile?: readonly string[]
}

export interface JenkinsLogin {
  readonly baseUrl: string
  readonly user: string
  readonly apiToken: string
}

/**
 * A login for each controller that is named. A user and a token file that are given once are for all of them, otherwise each is for the
 * controller at its place in the line. `JENKINS_USER_ID` and `JENKINS_API_TOKEN` are the names that Jenkins' own command line reads; the token
 * there is of one controller, and another one must not get it unasked.
 */
export async function jenkinsLogins({
  jenkins = [],
  jenkinsUser = [],
  jenkinsTokenFile = [],
}: JenkinsOptions): Promise<readonly JenkinsLogin[]> {
  const urls = jenkins.map(checkedUrl)
  refuseRepeated(urls)
  const users = forEach(urls, jenkinsUser, '--jenkins-user', process.env['JENKINS_USER_ID'])
  const tokens = await Promise.all(jenkinsTokenFile.map(readText))
  const ofOne = urls.length === 1 ? process.env['JENKINS_API_TOKEN'] : undefined
  const apiTokens = forEach(urls, tokens, '--jenkins-token-file', ofOne)
  return urls.map((baseUrl, index) => {
    const [user, apiToken] = [users[index]?.trim(), apiTokens[index]?.trim()]
    // Empty after `read -rs` or in a file: a controller would call it wrong.
    if (!user || !apiToken) throw withoutLogin(baseUrl, urls.length)
    return { baseUrl, user, apiToken }
  })
}

function forEach(
  urls: readonly string[],
  given: readonly string[],
  option: string,
  variable: string | undefined,
): readonly (string | undefined)[] {
  if (given.length === urls.length) return given
  if (urls.length === 0)
    throw refusal({ at: option, because: 'it belongs to --jenkins', next: ['  keyturn scan --jenkins URL'] })
  if (given.length > 1)
    throw refusal({
      at: option,
      because: `it is given ${given.length} times, and --jenkins ${urls.length === 1 ? 'once' : `${urls.length} times`}`,
      next: ['Give it once for all controllers, or once for each, in the same order.'],
    })
  const [one = variable] = given
  return urls.map(() => one)
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && !/[?#@\s\\]/.test(text)) return ofController(text)
  throw refusal({
    at: '--jenkins',
    because: 'it is not an http or https address without username, query and fragment',
    next: ['  keyturn scan --jenkins https://ci.example.org'],
  })
}

/** A job has pages of credentials as well, and what is asked below its address is answered as if a permission were missing. */
function ofController(text: string): string {
  const [controller, job] = text.split(/(?:\/view\/[^/]+)*\/job\/(?=[^/])/)
  if (job === undefined) return text.replace(/\/+$/, '')
  throw refusal({
    at: `--jenkins ${text}`,
    because: 'it is the address of a job, and not of the controller',
    next: [
      'Name the controller, and the job by its name:',
      `  keyturn doctor --jenkins ${controller} --job ${shellWord(jobName(text))}`,
    ],
  })
}

/** Its places would be found, and changed, twice. */
function refuseRepeated(urls: readonly string[]): void {
  const again = urls.find((url, index) => urls.indexOf(url) !== index)
  if (again === undefined) return
  throw refusal({ at: `--jenkins ${again}`, because: 'it is named twice', next: ['Name each controller once.'] })
}

function withoutLogin(baseUrl: string, controllers: number): Failure {
  const ofOne = ['  export JENKINS_USER_ID=NAME', '  read -rs JENKINS_API_TOKEN && export JENKINS_API_TOKEN']
  const ofEach = 'For each controller: --jenkins URL --jenkins-user NAME --jenkins-token-file FILE'
  return refusal({
    at: `Jenkins ${baseUrl}`,
    because: 'a user and an API token are needed to ask it',
    state: 'Nothing was changed.',
    next: controllers === 1 ? ['Give both:', ...ofOne] : [ofEach],
  })
}

function refusal(parts: {
  readonly at: string
  readonly because: string
  readonly next: readonly string[]
  readonly state?: string
}): Failure {
  return new Failure('R112', { state: 'Nothing was asked.', exitCode: 2, ...parts })
}

async function readText(path: string): Promise<string> {
  return Buffer.from(await nodeFiles().read(path)).toString('utf8')
}
