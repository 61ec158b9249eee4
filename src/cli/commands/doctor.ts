import { type Consultation, isRestUrl, type Keyturn } from '../../index.ts'
import { explainDiagnosis, isDiagnosisCode } from '../../messages/diagnoses.ts'
import { Failure } from '../../model/failure.ts'
import type { Operation } from '../../model/use.ts'
import { askHidden } from '../ask.ts'
import { jobName } from '../job-name.ts'
import { optimiseLate } from '../late-optimisation.ts'
import { namedRepository } from '../named-repository.ts'
import { openSession, outputOf, readStdin } from '../session.ts'
import { doctorExitCode, doctorLines } from '../views/doctor.ts'
import { reportText } from '../views/report.ts'
import { shellWord, wrap } from '../views/text.ts'
import { writeNewFile } from '../write-new-file.ts'
import { checkFolders, checkOptions, type DoctorOptions, holdsSecret } from './doctor-options.ts'

interface Known {
  readonly use: Operation
  readonly email?: string
  readonly siteUrl?: string
}

const OVERHEARD =
  'The URL holds a secret. Everybody on this machine can read the arguments of a command while it runs, and shells keep them in a history.'

export async function doctorCommand(url: string | undefined, options: DoctorOptions): Promise<void> {
  const output = outputOf(options)
  checkOptions(url, options)
  if (options.explain !== undefined) {
    const { code, text } = explanation(options.explain)
    output.result({ schema: 'keyturn/explanation/1', code, text }, () => text.flatMap((line) => wrap(line, 80)))
    return
  }
  if (options.place === undefined) optimiseLate()
  const keyturn = await openSession(options)
  await checkFolders(options, keyturn)
  output.progress('Asking ...')
  const consultation = await consult(url, options, keyturn, () => secretOf(options))
  if (options.report !== undefined) await writeReport(options.report, consultation, options, keyturn)
  if (holdsSecret(url)) for (const line of wrap(OVERHEARD, 80)) output.note(line)
  output.result({ schema: 'keyturn/doctor/1', ...consultation }, () => doctorLines(consultation))
  process.exitCode = doctorExitCode(consultation)
}

async function writeReport(path: string, consultation: Consultation, { anonymous }: DoctorOptions, keyturn: Keyturn) {
  const git = await gitVersion(keyturn)
  const options = { anonymous: anonymous === true, ...(git === undefined ? {} : { git }) }
  await writeNewFile(path, reportText(consultation, options), keyturn)
}

async function gitVersion({ context }: Keyturn): Promise<string | undefined> {
  const { processes } = context.system
  const asked = { command: 'git', args: ['--version'], environment: processes.environment(), timeoutMs: 5_000 }
  const told = await processes.run(asked).catch(() => undefined)
  return told?.exitCode === 0 ? told.stdout.trim() : undefined
}

function explanation(asked: string): { readonly code: string; readonly text: readonly string[] } {
  const code = asked.toUpperCase()
  if (isDiagnosisCode(code)) return { code, text: explainDiagnosis(code) }
  throw new Failure('R112', {
    at: `--explain ${asked}`,
    because: 'there is no such diagnosis',
    next: ['The codes are in docs/decision-table.md.'],
    exitCode: 2,
  })
}

/** `ask` gives the secret when the question needs one. */
export function consult(
  url: string | undefined,
  options: DoctorOptions,
  keyturn: Keyturn,
  ask: () => Promise<string>,
): Promise<Consultation> {
  const known = knownFrom(options)
  if (options.log !== undefined) return consultLog(options.log, keyturn)
  if (options.jenkins !== undefined) return consultJenkins(options, known, keyturn, ask)
  if (options.place !== undefined) return consultPlace(options.place, options.in ?? [], known, keyturn)
  if (options.bearer || (url !== undefined && isRestUrl(url))) return consultRest(url, options, known, keyturn, ask)
  if (options.username !== undefined || options.secretStdin) return consultGiven(url, options, known, keyturn, ask)
  return consultGit(url, options, known, keyturn)
}

async function consultGit(
  url: string | undefined,
  { folder = process.cwd(), asHome }: DoctorOptions,
  known: Known,
  keyturn: Keyturn,
): Promise<Consultation> {
  const asked = url ?? (await defaultRemote(folder, keyturn))
  if (asked === undefined)
    throw usage('nothing to look at is named', '  keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git')
  return keyturn.diagnoseUrl(asked, { folder, ...(asHome === undefined ? {} : { home: asHome }) }, known)
}

/** The remote that `git fetch` takes in a clone: that of the branch, else `origin`, else the only one (git-fetch(1)). */
async function defaultRemote(folder: string, { context }: Keyturn): Promise<string | undefined> {
  const { processes } = context.system
  const git = async (...args: readonly string[]): Promise<readonly string[]> => {
    const asked = { command: 'git', args, folder, environment: processes.environment(), timeoutMs: 5_000 }
    const told = await processes.run(asked).catch(() => undefined)
    return told?.exitCode === 0 ? told.stdout.split('\n').filter((line) => line !== '') : []
  }
  const remotes = await git('remote')
  const [branch = ''] = remotes.length < 2 ? [] : await git('symbolic-ref', '--short', 'HEAD')
  const [own] = branch === '' ? [] : await git('config', `branch.${branch}.remote`)
  return [own, 'origin', ...remotes].find((name) => name !== undefined && remotes.includes(name))
}

function knownFrom({ operation, email, atlassianSite }: DoctorOptions): Known {
  const use = { fetch: 'git-fetch', push: 'git-push', rest: 'rest' }[operation ?? 'fetch'] as Operation | undefined
  if (use === undefined)
    throw usage(`--operation takes fetch, push or rest, not ${operation}`, '  keyturn doctor URL --operation push')
  return {
    use,
    ...(email === undefined ? {} : { email }),
    ...(atlassianSite === undefined ? {} : { siteUrl: atlassianSite }),
  }
}

async function consultLog(path: string, keyturn: Keyturn): Promise<Consultation> {
  return keyturn.diagnoseLog(path === '-' ? await stdinBytes() : await keyturn.context.system.files.read(path))
}

/** As bytes: a log may be large, and in any encoding. */
async function stdinBytes(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

async function consultJenkins(
  options: DoctorOptions,
  known: Known,
  keyturn: Keyturn,
  ask: () => Promise<string>,
): Promise<Consultation> {
  if (options.job === undefined && options.credential === undefined)
    throw usage('a job or a credential has to be named', '  keyturn doctor --jenkins URL --job NAME')
  const secret = options.secretStdin ? await ask() : undefined
  const job = {
    ...(options.job === undefined ? {} : { item: jobName(options.job) }),
    ...(options.credential === undefined ? {} : { credentialId: options.credential }),
  }
  return keyturn.diagnoseJob(job, {
    ...known,
    ...(secret === undefined ? {} : { secret }),
    ...(options.asHome === undefined ? {} : { agentHome: options.asHome }),
  })
}

async function consultPlace(
  id: string,
  paths: readonly string[],
  known: Known,
  keyturn: Keyturn,
): Promise<Consultation> {
  if (paths.length === 0)
    throw usage('the folders that hold the place have to be named', `  keyturn doctor --place ${shellWord(id)} --in ~`)
  const { places } = await keyturn.scan({ paths })
  const found = places.filter((place) => place.id.startsWith(id))
  const [place] = found
  if (place !== undefined && found.length === 1) return keyturn.diagnosePlace(place, known)
  throw new Failure('R111', {
    at: `place ${id}`,
    because: found.length === 0 ? 'no place of that id was found there' : `${found.length} places begin with it`,
    next: [`  keyturn scan ${paths.map(shellWord).join(' ')}`],
  })
}

async function consultGiven(
  url: string | undefined,
  options: DoctorOptions,
  known: Known,
  keyturn: Keyturn,
  ask: () => Promise<string>,
): Promise<Consultation> {
  const secret = await ask()
  const repository = url === undefined ? undefined : namedRepository(url, keyturn)
  return keyturn.diagnoseCredential({
    secret,
    known,
    ...(repository === undefined ? {} : { repository }),
    ...(options.username === undefined ? {} : { username: options.username }),
  })
}

/** As a tool that asks REST: with the pair, with the secret alone, or with what curl finds in netrc. */
async function consultRest(
  url: string | undefined,
  { username, secretStdin, bearer, asHome, operation }: DoctorOptions,
  { use: _, ...known }: Known,
  keyturn: Keyturn,
  ask: () => Promise<string>,
): Promise<Consultation> {
  if (bearer && username !== undefined)
    throw usage('Bearer has no username', '  keyturn doctor URL --bearer --secret-stdin')
  if (operation !== undefined && operation !== 'fetch' && operation !== 'rest')
    throw usage(`REST is not asked for --operation ${operation}`, '  keyturn doctor https://api.bitbucket.org/2.0/user')
  const isRest = url !== undefined && isRestUrl(url)
  const isGiven = bearer || secretStdin || username !== undefined
  return keyturn.diagnoseRest({
    known,
    ...(isRest ? { url } : {}),
    ...(url === undefined || isRest ? {} : { repository: namedRepository(url, keyturn) }),
    ...(username === undefined ? {} : { username }),
    ...(isGiven ? { secret: await ask() } : {}),
    ...(asHome === undefined ? {} : { home: asHome }),
  })
}

async function secretOf(options: DoctorOptions): Promise<string> {
  return options.secretStdin ? secretFromStdin(options) : askHidden('Secret')
}

async function secretFromStdin({ jenkins, bearer }: DoctorOptions): Promise<string> {
  const secret = await readStdin()
  if (secret !== '') return secret
  const about = jenkins === undefined ? `URL ${bearer ? '--bearer' : '--username NAME'}` : '--jenkins URL --job NAME'
  throw usage('standard input holds no secret', `  pass show bitbucket | keyturn doctor ${about} --secret-stdin`)
}

function usage(because: string, example: string): Failure {
  return new Failure('R112', { because, next: [example], exitCode: 2 })
}
