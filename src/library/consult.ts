import type { Consultation } from '../diagnose/consultation.ts'
import type { JenkinsKnown, Known } from '../diagnose/diagnose.ts'
import type { Answer } from '../model/answer.ts'
import { Failure } from '../model/failure.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import type { Place } from '../model/place.ts'
import type { Context, ControllerLogin } from '../model/ports.ts'
import { rememberingRecent } from '../model/remembering-recent.ts'
import type { Repository } from '../model/use.ts'
import { diagnosing } from './loading.ts'
import type { Parts } from './parts.ts'

/** The e-mail of a token that keyturn itself keeps is known. */
export async function consultPlace(place: Place, parts: Parts, known: Known): Promise<Consultation> {
  const login = parts.context.logins[0]
  const item = place.secret?.encoding === 'opaque' ? jobOf(place) : undefined
  if (login !== undefined && item !== undefined) return consultJob({ item }, known, parts)
  const tokens = await (await parts.vault()).list()
  const kept = tokens.find((token) => token.secret.fingerprint === place.secret?.value?.fingerprint)
  return (await diagnosing()).diagnosePlace(place, await parts.doctor(), {
    ...known,
    ...(known.email === undefined && kept?.email !== undefined ? { email: kept.email } : {}),
  })
}

/** Jenkins does not show what it holds, so a job that uses the credential has to tell. */
function jobOf(place: Place): string | undefined {
  return jobsOf(place)[0]
}

/** The first job of each kind that uses it: Branch Source and plain git want different usernames, so what works for the one says nothing of the other. */
function jobsOf({ uses }: Place): readonly string[] {
  const items = uses.flatMap((use) => {
    const [, item, source] = /^job (.+?)( \(Branch Source\))?$/.exec(use.by) ?? []
    return item === undefined ? [] : [{ item, kind: source }]
  })
  const firsts = items.filter(({ kind }, index) => items.findIndex((each) => each.kind === kind) === index)
  return [...new Set(firsts.map(({ item }) => item))]
}

/** The first that something is wrong with, or else what the first of all was told. */
async function firstFault(
  items: readonly string[],
  ask: (item: string) => Promise<Consultation>,
): Promise<Consultation | undefined> {
  let first: Consultation | undefined
  for (const item of items) {
    const told = await ask(item)
    if (!['D100', 'D191'].includes(told.diagnoses[0]?.code ?? 'D191')) return told
    first ??= told
  }
  return first
}

/** By the name of the item, or by the id of the credential. Throws `Failure` R112 where no controller was named. */
export async function consultJob(
  job: { readonly item?: string; readonly credentialId?: string },
  known: Omit<JenkinsKnown, 'secret'> & { readonly secret?: string },
  { context, doctor }: Parts,
): Promise<Consultation> {
  const login = theLogin(context)
  const { examineCredential, examineJob } = await import('../consumers/jenkins/examine.ts')
  const findings =
    job.credentialId === undefined
      ? await examineJob(login, job.item ?? '', context)
      : await examineCredential(login, job.credentialId, job.item, context)
  const { secret, ...rest } = known
  return (await diagnosing()).diagnoseJenkinsJob(findings, await doctor(), {
    ...rest,
    ...(secret === undefined ? {} : { secret: context.seal(secret) }),
  })
}

function theLogin({ logins }: Context): ControllerLogin {
  const [login] = logins
  if (login !== undefined) return login
  throw new Failure('R112', {
    at: '--jenkins',
    because: 'no controller was named',
    next: ['  keyturn doctor --jenkins https://ci.example.org --job NAME'],
    exitCode: 2,
  })
}

/** As `consultPlace`, for one place after the other: what is the same for many is asked once. */
export async function consultingMany(
  places: readonly Place[],
  parts: Parts,
  known: Known,
): Promise<(place: Place) => Promise<Consultation>> {
  const { openSurvey } = await import('../consumers/jenkins/survey.ts')
  const pins = places.filter(({ consumer, secret }) => consumer === 'jenkins' && secret?.encoding !== 'opaque')
  const anonymous = askingOnce(parts)
  const isPrivate = async (repository: Repository) => (await anonymous(repository)).kind === 'no'
  const survey = openSurvey(parts.context, new Set(pins.flatMap(({ uses }) => uses.map(({ by }) => by))), isPrivate)
  return async (place) => {
    const items = isHeldByJenkins(place) ? jobsOf(place) : []
    const told = await firstFault(items, async (item) => {
      const findings = (await survey.working(place)) ?? (await survey.examine(place, item))
      const more = await anonymousIn(findings, anonymous, parts)
      return (await diagnosing()).diagnoseJenkinsJob(findings, await parts.doctor(), { ...known, ...more })
    })
    return told ?? consultPlace(place, parts, known)
  }
}

/** Branch Source is judged by REST, where this is no question. */
async function anonymousIn(
  { url, branchSource }: JenkinsFindings,
  anonymous: (repository: Repository) => Promise<Answer>,
  { context }: Parts,
): Promise<{ readonly anonymous?: Answer }> {
  if (url === undefined || branchSource !== undefined) return {}
  const { parseRepositoryUrl } = await import('../bitbucket/repository-url.ts')
  const repository = parseRepositoryUrl(url, context.seal)?.repository
  return repository === undefined ? {} : { anonymous: await anonymous(repository) }
}

/** What Bitbucket answers about a repository to everybody: many places name one. */
function askingOnce({ doctor }: Parts): (repository: Repository) => Promise<Answer> {
  const known = rememberingRecent<Promise<Answer>>(MOST_REPOSITORIES)
  return (repository) =>
    known(`${repository.workspace}/${repository.slug}`, async () =>
      (await doctor()).client.visit().gitRefs(repository, 'git-upload-pack', 'anonymous'),
    )
}

const MOST_REPOSITORIES = 1000

function isHeldByJenkins({ consumer, secret }: Place): boolean {
  return consumer === 'jenkins' && secret?.encoding === 'opaque'
}
