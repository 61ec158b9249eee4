import { isRestUrl, type Keyturn } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import { isEmail } from '../email-address.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import type { GlobalOptions } from '../session.ts'

export interface DoctorOptions extends GlobalOptions, JenkinsOptions {
  readonly folder?: string
  readonly asHome?: string
  readonly place?: string
  readonly in?: readonly string[]
  readonly job?: string
  readonly credential?: string
  readonly username?: string
  readonly secretStdin?: boolean
  readonly bearer?: boolean
  readonly email?: string
  readonly atlassianSite?: string
  readonly operation?: string
  readonly log?: string
  readonly report?: string
  readonly anonymous?: boolean
  readonly explain?: string
}

type Name = Exclude<keyof DoctorOptions, keyof GlobalOptions>
type Argument = Name | 'url'

/** One way of asking: what takes part in it, and why nothing else does. */
interface Way {
  readonly takes: readonly Argument[]
  readonly because: string
}

const KNOWN: readonly Name[] = ['email', 'atlassianSite', 'operation']
const REPORT: readonly Name[] = ['report', 'anonymous']
const CONTROLLER: readonly Name[] = ['jenkins', 'jenkinsUser', 'jenkinsTokenFile']

const EXPLAIN: Way = { takes: ['explain'], because: 'an explanation is printed, and nobody is asked' }
const LOG: Way = { takes: ['log', ...REPORT], because: 'a log is read by itself, without any network' }
const JENKINS: Way = {
  takes: [...CONTROLLER, 'job', 'credential', 'secretStdin', 'asHome', ...KNOWN, ...REPORT],
  because: 'the controller tells the URL and the username',
}
const PLACE: Way = {
  takes: ['place', 'in', ...KNOWN, ...REPORT],
  because: 'the place tells the URL and the credential',
}
const GIVEN: Way = {
  takes: ['url', 'username', 'secretStdin', 'bearer', ...KNOWN, ...REPORT],
  because: 'the secret is given here, so that none is looked for',
}
const REST: Way = {
  takes: ['url', 'asHome', ...KNOWN, ...REPORT],
  because: 'for REST the credential is looked for in the home directory alone',
}
const GIT: Way = { takes: ['url', 'folder', 'asHome', ...KNOWN, ...REPORT], because: 'it has no part in this question' }

/** What means nothing without another option. */
const BELONGS: Readonly<Partial<Record<Argument, Name>>> = {
  job: 'jenkins',
  credential: 'jenkins',
  jenkinsUser: 'jenkins',
  jenkinsTokenFile: 'jenkins',
  in: 'place',
  anonymous: 'report',
}

/** The same order in which the command chooses. */
function wayOf(url: string | undefined, options: DoctorOptions): Way {
  if (options.explain !== undefined) return EXPLAIN
  if (options.log !== undefined) return LOG
  if (options.jenkins !== undefined) return JENKINS
  if (options.place !== undefined) return PLACE
  if (options.bearer || options.username !== undefined || options.secretStdin) return GIVEN
  return url !== undefined && isRestUrl(url) ? REST : GIT
}

/** What would be ignored, or found wrong only when a question comes up, is refused before anything is asked. */
export function checkOptions(url: string | undefined, options: DoctorOptions): void {
  const way = wayOf(url, options)
  const given = argumentsOf(url, options)
  const isAlone = way === EXPLAIN || way === LOG || way === JENKINS || way === PLACE
  for (const name of given) {
    const owner = BELONGS[name]
    const isStray = !way.takes.includes(name)
    if (owner !== undefined && options[owner] === undefined && !(isStray && isAlone))
      throw refusal(flag(name), `it belongs to ${flag(owner)}`)
    if (isStray) throw refusal(flag(name), way.because)
  }
  if ((options.jenkins?.length ?? 0) > 1) throw refusal('--jenkins', 'a job or a credential is of one controller')
  checkEmail(options)
  checkSite(options)
}

const NAMES: readonly Name[] = [
  ...CONTROLLER,
  'folder',
  'asHome',
  'place',
  'in',
  'job',
  'credential',
  'username',
  'secretStdin',
  'bearer',
  ...KNOWN,
  'log',
  ...REPORT,
  'explain',
]

function argumentsOf(url: string | undefined, options: DoctorOptions): readonly Argument[] {
  return [...(url === undefined ? [] : (['url'] as const)), ...NAMES.filter((name) => options[name] !== undefined)]
}

/** `secretStdin` as it is typed: `--secret-stdin`. */
function flag(name: Argument): string {
  return name === 'url' ? 'the URL' : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** The value is not repeated: it may be a secret in the wrong place. */
function checkEmail({ email }: DoctorOptions): void {
  if (email === undefined || isEmail(email)) return
  throw refusal('--email', 'it is not an e-mail address: NAME@HOST')
}

/** As the client of Bitbucket refuses it, which would come only after the first questions. */
function checkSite({ atlassianSite }: DoctorOptions): void {
  if (atlassianSite === undefined || /^https:\/\/[a-z0-9][a-z0-9-]*\.atlassian\.net\/?$/i.test(atlassianSite)) return
  throw refusal(
    '--atlassian-site',
    'a site of Atlassian Cloud has the form https://NAME.atlassian.net; the token is sent nowhere else',
  )
}

function refusal(at: string, because: string): Failure {
  return new Failure('R112', {
    at,
    because,
    state: 'Nothing was asked.',
    next: ['  keyturn doctor --help'],
    exitCode: 2,
  })
}

/** Git in a folder that is not there would look like a missing git, and a missing home like one without credentials. */
export async function checkFolders({ folder, asHome }: DoctorOptions, { context }: Keyturn): Promise<void> {
  for (const [option, path] of [
    ['--folder', folder],
    ['--as-home', asHome],
  ] as const) {
    if (path === undefined || (await isFolder(path, context))) continue
    throw new Failure('R101', {
      at: `${option} ${path}`,
      because: 'there is no such folder',
      state: 'Nothing was asked.',
      next: ['Check the path, then repeat the command.'],
    })
  }
}

async function isFolder(path: string, { system }: Keyturn['context']): Promise<boolean> {
  if ((await system.files.entry(path)) === undefined) return false
  const end = await system.files.resolve(path).catch(missing)
  return end !== undefined && (await system.files.entry(end))?.kind === 'folder'
}

/** A link may lead nowhere; a folder that cannot be read is another matter. */
function missing(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'R101') return undefined
  throw error
}

/** For git such a URL is read; REST refuses it (`src/diagnose/rest-target.ts`). */
export function holdsSecret(url: string | undefined): boolean {
  return url !== undefined && /^[a-z+]+:\/\/[^\s/@]*:[^\s/@]+@/i.test(url)
}
