import type { Diagnosis, Repair } from '../model/diagnosis.ts'
import type { Repository } from '../model/use.ts'
import type { Consultation } from './consultation.ts'
import { type DoctorDeps, diagnoseCredential, type Known } from './diagnose.ts'
import type { Subject } from './facts.ts'
import { restNetrcSource } from './netrc-sources.ts'
import { restTarget } from './rest-target.ts'

/** What a tool asks of REST, and with what. */
export interface RestQuestion {
  /** `https://api.bitbucket.org/2.0/...`. Absent: the repository, or else the user of the credential. */
  readonly url?: string
  readonly repository?: Repository
  /** With it the secret is sent as Basic, without it as Bearer. */
  readonly username?: string
  /** Absent: the entry of netrc that curl would send. */
  readonly secret?: string
  /** HOME of the account whose netrc counts. */
  readonly home?: string
  readonly known: Omit<Known, 'use'>
}

/** Why a tool fails on REST. */
export async function diagnoseRest(question: RestQuestion, deps: DoctorDeps): Promise<Consultation> {
  const target = question.url === undefined ? undefined : restTarget(question.url, deps.context.seal)
  const repository = target?.repository ?? question.repository
  const sent = question.secret === undefined ? await fromNetrc(question.home, deps) : given(question, deps)
  const subject: Subject = {
    use: 'rest',
    ...question.known,
    ...(repository === undefined ? {} : { repository }),
    ...(target?.path === undefined ? {} : { restPath: target.path }),
    ...sent.subject,
  }
  const consultation = await diagnoseCredential(subject, deps)
  const words = `${target?.url ?? 'REST'} with ${sent.words}`
  const { before } = sent
  return {
    ...consultation,
    subject: { ...consultation.subject, words },
    diagnoses: before === undefined ? consultation.diagnoses : consultation.diagnoses.map(standingBefore(before)),
  }
}

interface Sent {
  readonly subject: Partial<Subject>
  readonly words: string
  /** The `default` of a netrc, which no plan changes. */
  readonly before?: string
}

/** `default` answers for every host, so that it cannot be given what one host wants: an entry for the host stands before it. */
function standingBefore(where: string): (diagnosis: Diagnosis) => Diagnosis {
  const repair: Repair = {
    text: `Write an entry before ${where}, which answers for every host: machine api.bitbucket.org login E-MAIL password, and the token.`,
    commands: [],
  }
  return (diagnosis) => {
    const byHand = diagnosis.repairs.filter(({ commands }) => commands.length === 0)
    return byHand.length === diagnosis.repairs.length ? diagnosis : { ...diagnosis, repairs: [...byHand, repair] }
  }
}

function given({ username, secret = '' }: RestQuestion, { context }: DoctorDeps): Sent {
  const sealed = context.seal(secret)
  return {
    words: `the credential given here${username === undefined ? ', as Bearer' : ''}`,
    subject: username === undefined ? { credential: { secret: sealed }, bearer: true } : basic(sealed, username),
  }
}

function basic(secret: ReturnType<DoctorDeps['context']['seal']>, username: string): Partial<Subject> {
  return { credential: { secret, username } }
}

/** curl sends an empty username where the entry has none. */
async function fromNetrc(home: string | undefined, { context, detectors }: DoctorDeps): Promise<Sent> {
  const folder = home ?? context.system.processes.environment()['HOME']
  const source = folder === undefined ? undefined : await restNetrcSource(folder, context, detectors)
  if (source?.secret === undefined)
    return { words: 'no credential: ~/.netrc has no entry for api.bitbucket.org', subject: {} }
  return {
    words: `the entry of netrc, ${source.where}`,
    ...(source.place === undefined ? { before: source.where } : {}),
    subject: {
      ...basic(source.secret, source.username ?? ''),
      ...(source.place === undefined ? {} : { place: source.place }),
    },
  }
}
