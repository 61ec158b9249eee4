import { join, resolve } from 'node:path'
import type { ApplyOptions, RunOutcome } from './apply/apply-plan.ts'
import type { AuditedRun } from './apply/audit-run.ts'
import type { ApplyDeps, ApplyEvent } from './apply/deps.ts'
import type { ForgetOptions, ForgetOutcome } from './apply/forget-run.ts'
import type { RollbackOptions, RollbackOutcome } from './apply/rollback.ts'
import type { RunState } from './apply/run-state.ts'
import type { VerifiedPlace, VerifyOptions } from './apply/verify-run.ts'
import { bitbucketClient } from './bitbucket/client.ts'
import { shapeOf } from './bitbucket/token-shape.ts'
import { WANTED_FILES } from './consumers/wanted-files.ts'
import type { Consultation } from './diagnose/consultation.ts'
import type { DoctorDeps, JenkinsKnown, Known } from './diagnose/diagnose.ts'
import type { RestQuestion } from './diagnose/diagnose-rest.ts'
import type { GitScene } from './diagnose/git-settings.ts'
import type { Consumer, Verifier } from './model/consumer.ts'
import type { Diagnosis } from './model/diagnosis.ts'
import { type ExitCode, Failure } from './model/failure.ts'
import { groupedBy } from './model/grouped-by.ts'
import type { Inventory } from './model/inventory.ts'
import type { Place, PlaceId, SecretField } from './model/place.ts'
import type { Digest, Plan } from './model/plan.ts'
import type { Context, ControllerLogin, System } from './model/ports.ts'
import type { Fingerprint } from './model/secret.ts'
import type { Repository } from './model/use.ts'
import type { TokenSummary } from './plan/choose-token.ts'
import type { FoundVersion, PlanPolicy, TokenPolicy } from './plan/plan-input.ts'
import { writePlan } from './plan/write-plan.ts'
import type { FileMemory } from './scan/file-memory.ts'
import { cacheFolder, wholeHome } from './scan/home-sources.ts'
import { type ScanRequest, scan } from './scan/scan.ts'
import type { ScanCache, StoredScanCache } from './scan/scan-cache.ts'
import { type BegunFolder, beginFolder } from './scan/search-folder.ts'
import { splitList } from './scan/split-list.ts'
import { type Folders, foldersOf, openContext } from './system/installation.ts'
import { nodeSystem } from './system/node-system.ts'
import type { Vault, VaultToken } from './vault/vault.ts'

export type { RunOutcome } from './apply/apply-plan.ts'
export type { AuditedRun } from './apply/audit-run.ts'
export { controllerFlag } from './apply/command-words.ts'
export type { ApplyEvent } from './apply/deps.ts'
export type { ForgetOutcome } from './apply/forget-run.ts'
export type { RollbackOutcome } from './apply/rollback.ts'
export { type RunState, type RunTally, type StepState, stepState, tally } from './apply/run-state.ts'
export type { VerifiedPlace } from './apply/verify-run.ts'
export { parseRepositoryUrl } from './bitbucket/repository-url.ts'
export type { Consultation } from './diagnose/consultation.ts'
export type { RestQuestion } from './diagnose/diagnose-rest.ts'
export { isRestUrl } from './diagnose/rest-target.ts'
export { VERSION } from './model/version.ts'
export type { TokenSummary } from './plan/choose-token.ts'
export type { TokenPolicy } from './plan/plan-input.ts'
export { planFormat, writePlan as planText } from './plan/write-plan.ts'
export { SIZE_LIMIT as MOST_DOCUMENT_BYTES } from './scan/search.ts'
export { foldersOf } from './system/installation.ts'
export { nodeFiles } from './system/node-files.ts'
export { nodeProcesses } from './system/node-processes.ts'
export { nodeSystem } from './system/node-system.ts'
export { runAttached } from './system/run-attached.ts'
export { makeTemporaryFolder, removeTemporaryFolder } from './system/temporary-folder.ts'

export interface KeyturnOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Holds keys, vault and runs instead of the XDG folders. */
  readonly home?: string
  /** PEM of an authority to trust besides the system's. */
  readonly ca?: string
  /** Controllers that the user named. */
  readonly logins?: readonly { readonly baseUrl: string; readonly user: string; readonly apiToken: string }[]
  /** Opens an identity that is encrypted with it, and encrypts a new one. */
  readonly passphrase?: string
  /** Passwords of Ansible Vault, one a line. */
  readonly vaultPasswords?: Uint8Array
  /** For a rehearsal on a sandbox whose clock stands still. */
  readonly now?: () => Date
  /** Another outside than this machine's. */
  readonly system?: System
  readonly consumers?: readonly Consumer[]
}

export interface ScanOptions {
  readonly paths: readonly string[]
  readonly askControllers?: boolean
  /** Ask the credential helpers of git, too; that may unlock a keychain. */
  readonly askHelpers?: boolean
  /** Where a place names no repository and none is found near it, it is judged and proved on this one. */
  readonly example?: Repository
  readonly onFile?: (filesSeen: number) => void
  /** How many threads read folders. Absent: as many as the machine has idle cores for. */
  readonly threads?: number
  /** Every blob of every repository below the paths, too. */
  readonly history?: boolean
  /** Read only files that are new or changed since an earlier scan that was asked for the same; what held something is read again. */
  readonly incremental?: boolean
  /** Of histories, read what an earlier scan has read again, and remember nothing. */
  readonly noCache?: boolean
  /** What lies in archives, too: zip, jar, tar, gzip and zstd, also within one another. */
  readonly archives?: boolean
  /** One more document, which lies in no file; its name tells what reads it. */
  readonly document?: { readonly name: string; readonly bytes: Uint8Array }
  /** The home of the user, and where else the tools of that user are told to look. */
  readonly wholeHome?: boolean
  /** Leave out what git ignores, in repositories. Hidden files are read all the same. */
  readonly gitignore?: boolean
  /** Leave out folders that say that they are caches, and the cache of the home. */
  readonly skipCaches?: boolean
  /** Names of files to read besides, from the working folder on: separated by NUL, or one a line. */
  readonly fileList?: Uint8Array
}

export interface PlanOptions {
  /** Name of a vault token to use for every place. */
  readonly token?: string
  /** Put it also where what is there works. */
  readonly replace?: boolean
  /** Atlassian e-mail of the owner of what is found; REST wants it as username. */
  readonly email?: string
  /** How many tokens a person is asked for. Absent: one per owner. */
  readonly tokens?: TokenPolicy
  /** Places that are changed and proved before all others: an id, or a part of what names the place on screens. */
  readonly canaries?: readonly string[]
  /** Judge by what the bytes tell; ask nobody. */
  readonly offline?: boolean
  readonly onPlace?: (done: number, of: number) => void
}

export interface NewToken {
  readonly name: string
  readonly secret: string
  readonly email?: string
  readonly username?: string
  /** ISO date or time. */
  readonly expiresAt?: string
  /** Keep it without asking Bitbucket. */
  readonly offline?: boolean
}

export interface CheckedToken {
  readonly token: VaultToken
  /** `false`: Bitbucket refuses it, so it was not kept. */
  readonly usable: boolean
  /** Absent when Bitbucket was not asked. */
  readonly consultation?: Consultation
}

export interface GivenCredential {
  readonly username?: string
  readonly secret: string
  readonly repository?: Repository
  readonly known: Known
}

/** With somebody who is told what happens. */
export type Watched<Options> = Options & { readonly onEvent?: (event: ApplyEvent) => void }

/** Asked about where a place names no repository. */
export interface OnRepository {
  readonly example?: Repository
}

/** The library's face: everything the command line does, as calls. Every method may throw `Failure`. */
export interface Keyturn {
  readonly context: Context
  readonly folders: Folders
  scan(options: ScanOptions): Promise<Inventory>
  diagnoseUrl(url: string, scene: GitScene, known: Known): Promise<Consultation>
  diagnosePlace(place: Place, known: Known): Promise<Consultation>
  diagnoseCredential(given: GivenCredential): Promise<Consultation>
  diagnoseRest(question: RestQuestion): Promise<Consultation>
  diagnoseJob(
    job: { readonly item?: string; readonly credentialId?: string },
    known: Omit<JenkinsKnown, 'secret'> & { readonly secret?: string },
  ): Promise<Consultation>
  diagnoseLog(text: string | Uint8Array): Promise<Consultation>
  tokens(): Promise<readonly VaultToken[]>
  addToken(token: NewToken): Promise<CheckedToken>
  checkToken(name: string): Promise<CheckedToken>
  removeToken(name: string): Promise<boolean>
  plan(inventory: Inventory, options?: PlanOptions): Promise<Plan>
  /** Keeps a plan among this installation's, under its id. */
  savePlan(plan: Plan): Promise<string>
  /** A path, an id, or nothing for the newest plan. */
  loadPlan(name?: string): Promise<Plan>
  apply(plan: Plan, options?: Watched<ApplyOptions>): Promise<RunOutcome>
  resume(run: string, options?: Watched<ApplyOptions>): Promise<RunOutcome>
  rollback(run: string, options?: Watched<RollbackOptions>): Promise<RollbackOutcome>
  verify(run: string, options?: VerifyOptions & OnRepository): Promise<readonly VerifiedPlace[]>
  /** Names, oldest first. */
  runNames(): Promise<readonly string[]>
  /** Throws R312 when its journal is damaged. */
  run(name: string): Promise<RunState>
  /** Oldest first. Throws R312 when the journal of one is damaged. */
  runs(): Promise<readonly RunState[]>
  /** Checks what is kept of a run; a damaged journal is a result. */
  audit(run: string): Promise<AuditedRun>
  /** Shreds the backups of a run, after which it cannot be put back. */
  forget(run: string, options?: ForgetOptions & OnRepository): Promise<ForgetOutcome>
}

/** What the functions below share. */
interface Parts {
  readonly context: Context
  readonly folders: Folders
  readonly consumers: () => Promise<readonly Consumer[]>
  readonly doctor: () => Promise<DoctorDeps>
  readonly vault: () => Promise<Vault>
}

export async function openKeyturn(options: KeyturnOptions): Promise<Keyturn> {
  const parts = await openParts(options)
  const { context, folders, doctor } = parts
  return {
    context,
    folders,
    scan: (request) => runScan(request, parts),
    diagnoseUrl: async (url, scene, known) => (await diagnosing()).diagnoseUrl(url, scene, await doctor(), known),
    diagnosePlace: (place, known) => consultPlace(place, parts, known),
    diagnoseCredential: async ({ secret, username, repository, known }) =>
      (await diagnosing()).diagnoseCredential(
        {
          use: 'git-fetch',
          ...defined(known),
          ...(repository === undefined ? {} : { repository }),
          credential: { secret: context.seal(secret), ...(username === undefined ? {} : { username }) },
        },
        await doctor(),
      ),
    diagnoseRest: async (question) =>
      (await import('./diagnose/diagnose-rest.ts')).diagnoseRest(question, await doctor()),
    diagnoseJob: (job, known) => consultJob(job, known, parts),
    diagnoseLog: async (text) => (await diagnosing()).diagnoseLog(text),
    tokens: async () => (await parts.vault()).list(),
    addToken: (token) => addToken(token, parts),
    checkToken: (name) => checkToken(name, parts),
    removeToken: async (name) => (await parts.vault()).remove(name),
    plan: (inventory, request = {}) => planFor(inventory, request, parts),
    savePlan: (plan) => savePlan(plan, parts),
    loadPlan: (name) => loadPlan(name, parts),
    apply: async (plan, request = {}) =>
      (await applying()).applyPlan(plan, await provingDeps(parts, request.onEvent), request),
    resume: async (run, request = {}) =>
      (await applying()).resumeRun(run, await provingDeps(parts, request.onEvent), request),
    rollback: async (run, request = {}) =>
      (await import('./apply/rollback.ts')).rollbackRun(run, await provingDeps(parts, request.onEvent), request),
    verify: async (run, request) => {
      const deps = await askingAbout(request?.example, await provingDeps(parts))
      const { verifyRun } = await import('./apply/verify-run.ts')
      return verifyRun(await deps.runs.read(run), deps, request)
    },
    ...keptRuns(parts),
  }
}

/** What is known of earlier runs. */
function keptRuns(parts: Parts): Pick<Keyturn, 'runNames' | 'run' | 'runs' | 'audit' | 'forget'> {
  return {
    runNames: async () => (await applyDeps(parts)).runs.names(),
    run: async (name) => (await applyDeps(parts)).runs.read(name),
    runs: async () => {
      const { runs } = await applyDeps(parts)
      const states: RunState[] = []
      for (const name of await runs.names()) states.push(await runs.read(name))
      return states
    },
    audit: async (run) => (await import('./apply/audit-run.ts')).auditRun(run, await applyDeps(parts)),
    forget: async (run, request) =>
      (await import('./apply/forget-run.ts')).forgetRun(
        run,
        await askingAbout(request?.example, await provingDeps(parts)),
        request,
      ),
  }
}

// What a command does not need is not loaded: a scan starts in half the time without the doctor and the executor.
const diagnosing = () => import('./diagnose/diagnose.ts')
const applying = () => import('./apply/apply-plan.ts')

/** Every consumer there is, in alphabetical order. */
export async function loadConsumers(): Promise<readonly Consumer[]> {
  return (await import('./consumers/registry.ts')).consumers
}

async function openParts(options: KeyturnOptions): Promise<Parts> {
  const folders = foldersOf(options.environment, options.home)
  const system =
    options.system ??
    nodeSystem({
      environment: options.environment,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.now === undefined ? {} : { now: options.now }),
    })
  const nameless = await openContext(system, folders)
  const logins = (options.logins ?? []).map(({ apiToken, ...login }) => ({
    ...login,
    apiToken: nameless.seal(apiToken),
  }))
  const given = options.vaultPasswords
  const context: Context = {
    ...nameless,
    logins,
    ...(given === undefined ? {} : { given: new Map([['given:ansible-vault-password', given]]) }),
  }
  const others = options.consumers
  const consumers = others === undefined ? loadConsumers : () => Promise.resolve(others)
  let vault: Promise<Vault> | undefined
  const vaultOf = (): Promise<Vault> => {
    // Encryption and schemas load only with the commands that need them.
    vault ??= import('./vault/vault.ts').then(({ openVault }) => openVault(folders, context, options.passphrase))
    return vault
  }
  return {
    context,
    folders,
    consumers,
    doctor: async () => ({
      client: bitbucketClient({ http: system.http, clock: system.clock }),
      context,
      detectors: traceDetectors(await consumers()),
      tokenNames: () => namesIn(vaultOf, folders, context),
    }),
    vault: vaultOf,
  }
}

/** A diagnosis makes no vault where there is none, and one that does not open keeps nobody from a diagnosis. */
async function namesIn(vault: Parts['vault'], { state }: Folders, context: Context): Promise<readonly string[]> {
  if ((await context.system.files.entry(join(state, 'vault.age'))) === undefined) return []
  try {
    return (await (await vault()).list()).map(({ name }) => name)
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}

function traceDetectors(consumers: readonly Consumer[]): DoctorDeps['detectors'] {
  const detectorOf = (id: string) => consumers.find((consumer) => consumer.id === id)?.detector
  return defined({
    netrc: detectorOf('netrc'),
    gitCredentials: detectorOf('git-credentials'),
    gitConfig: detectorOf('git-config'),
  })
}

/** Drops members that are `undefined`, which exact optional properties do not take. */
function defined<Members extends object>(
  members: Members,
): { [Name in keyof Members]: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]: Exclude<Members[Name], undefined>
  }
}

/** What other threads of a scan run: a bundle beside this one. From source there is none, and one thread does it all. */
const SEARCH_WORKER = import.meta.url.endsWith('.ts') ? undefined : new URL('./search-worker.js', import.meta.url)

/** Of one folder without a rule what to leave out: the first files are read while the detectors load. */
async function beginScan(
  { paths, threads, history, archives = false, wholeHome, gitignore, skipCaches }: ScanOptions,
  { system }: Context,
  memory: FileMemory | undefined,
): Promise<BegunFolder | undefined> {
  const [path, ...others] = paths
  if (path === undefined || others.length > 0 || wholeHome || gitignore || skipCaches) return undefined
  const real = await system.files.resolve(resolve(path)).catch(() => undefined)
  const entry = real === undefined ? undefined : await system.files.entry(real).catch(() => undefined)
  if (real === undefined || entry?.kind !== 'folder') return undefined
  const helpers = defined({ entry: SEARCH_WORKER, threads })
  return beginFolder(real, { helpers, archives, ...defined({ history, memory }) }, WANTED_FILES)
}

async function runScan(options: ScanOptions, { consumers: load, context, folders }: Parts): Promise<Inventory> {
  const { history, incremental, noCache } = options
  const cache = (history || incremental) && !noCache ? await openCache(folders, context) : undefined
  const memory = cache !== undefined && incremental ? await memoryOfFiles(cache, context) : undefined
  // Other consumers may want other files.
  const begun = load === loadConsumers ? await beginScan(options, context, memory) : undefined
  try {
    const known = { ...(history ? defined({ cache }) : {}), ...defined({ memory, begun }) }
    const inventory = await runBegun(options, await load(), context, known)
    await cache?.save()
    return inventory
  } finally {
    await begun?.search.end()
  }
}

async function memoryOfFiles(cache: ScanCache, { system }: Context): Promise<FileMemory> {
  const { fileMemory } = await import('./scan/file-memory.ts')
  return fileMemory(cache, BigInt(system.clock.now().getTime()) * 1_000_000n)
}

async function runBegun(
  options: ScanOptions,
  consumers: readonly Consumer[],
  context: Context,
  known: Pick<ScanRequest, 'cache' | 'memory' | 'begun'>,
): Promise<Inventory> {
  const {
    askControllers = false,
    askHelpers = false,
    example,
    onFile,
    threads,
    history,
    archives,
    fileList,
    gitignore,
    document,
  } = options
  const { variableReader } = await import('./consumers/variable-flow.ts')
  const asked = consumers.filter(
    ({ connector }) => connector?.list !== undefined && (connector.asks === 'helpers' ? askHelpers : askControllers),
  )
  const environment = context.system.processes.environment()
  const home = environment['HOME'] || undefined
  const caches = options.skipCaches ? [cacheFolder(home ?? '/', environment)] : undefined
  return scan(
    {
      roots: options.wholeHome ? await wholeHome(options.paths, context.system) : options.paths,
      asked,
      follow: variableReader(consumers),
      helpers: defined({ entry: SEARCH_WORKER, threads }),
      ...defined({ example, onFile, history, archives, gitignore, home, caches, document }),
      ...known,
      ...(fileList === undefined ? {} : { files: splitList(fileList) }),
    },
    consumers,
    context,
  )
}

/** Of the build, for another one may find something where this one found nothing; from source there is none. */
declare const KEYTURN_BUILD: string | undefined

async function openCache({ cache }: Folders, { system }: Context): Promise<StoredScanCache | undefined> {
  if (typeof KEYTURN_BUILD !== 'string') return undefined
  const { openScanCache } = await import('./scan/scan-cache.ts')
  return openScanCache(system.files, join(cache, 'scan'), KEYTURN_BUILD)
}

/** The e-mail of a token that keyturn itself keeps is known. */
async function consultPlace(place: Place, parts: Parts, known: Known): Promise<Consultation> {
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
  return place.uses
    .map((use) => /^job (.+?)(?: \(Branch Source\))?$/.exec(use.by)?.[1])
    .find((item) => item !== undefined)
}

async function consultJob(
  job: { readonly item?: string; readonly credentialId?: string },
  known: Omit<JenkinsKnown, 'secret'> & { readonly secret?: string },
  { context, doctor }: Parts,
): Promise<Consultation> {
  const login = theLogin(context)
  const { examineCredential, examineJob } = await import('./consumers/jenkins/examine.ts')
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

/**
 * Causes that make a token useless everywhere; a missing scope may be one that nobody needs. D116 is about the e-mail that was
 * given: REST takes the token without it, so every place would get a username that is refused.
 */
const USELESS: readonly string[] = ['D101', 'D102', 'D103', 'D104', 'D108', 'D109']

async function addToken({ secret: text, offline, ...names }: NewToken, parts: Parts): Promise<CheckedToken> {
  refuseName(names.name)
  refuseEmail(names)
  const secret = parts.context.seal(text)
  const { kind, checksum } = shapeOf(secret)
  refuseShape(names.name, kind, checksum)
  const kept = await (await parts.vault()).find(names.name)
  const known = kept?.secret.equals(secret) ? kept : undefined
  const addedAt = parts.context.system.clock.now().toISOString()
  const token: VaultToken = { scopes: 'not reported', addedAt, ...known, ...names, secret, kind }
  const checked = offline ? { token, usable: true } : await consultToken(token, parts)
  if (checked.usable) await (await parts.vault()).add(checked.token)
  return checked
}

/** A name is typed, printed and kept in plans: it must not be a token pasted into the wrong place. */
function refuseName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !/^AT(ATT|CTT|BB)/.test(name)) return
  throw new Failure('R112', {
    because: 'the name of a token is made of letters, digits, dots, dashes and underscores, at most 64',
    state: 'Nothing was kept.',
    next: ['  keyturn token add ci --email ADDRESS'],
  })
}

/** The examples say E-MAIL and ADDRESS; what stands there becomes the username that REST is asked with. */
function refuseEmail({ name, email }: Pick<NewToken, 'name' | 'email'>): void {
  if (email === undefined || /^[^\s@]+@[^\s@]+$/.test(email)) return
  throw new Failure('R112', {
    at: `--email ${email}`,
    because: 'it is not an e-mail address',
    state: 'Nothing was kept.',
    next: [
      'Give the address with which the owner of the token signs in at Atlassian:',
      `  keyturn token add ${name} --email ADDRESS`,
    ],
    exitCode: 2,
  })
}

function refuseShape(name: string, kind: VaultToken['kind'], checksum: string): void {
  const because =
    kind === 'app-password'
      ? 'it is an app password, and those ended on 2026-07-28'
      : kind !== 'api-token' && kind !== 'access-token'
        ? 'it does not look like an API token (ATATT3...) or an access token (ATCTT3...)'
        : checksum === 'does not fit'
          ? 'its checksum does not fit: it was cut short or altered when it was copied'
          : undefined
  if (because === undefined) return
  throw new Failure('R110', {
    at: `token "${name}"`,
    because,
    state: 'Nothing was kept.',
    next: ['Copy the whole token from the page that shows it, and repeat the command.'],
  })
}

async function checkToken(name: string, parts: Parts): Promise<CheckedToken> {
  const token = await (await parts.vault()).find(name)
  if (token !== undefined) return consultToken(token, parts)
  throw new Failure('R111', {
    at: `vault token "${name}"`,
    because: 'the vault holds no such token',
    next: ['  keyturn token list'],
  })
}

async function consultToken(token: VaultToken, parts: Parts): Promise<CheckedToken> {
  const consultation = await (await diagnosing()).diagnoseCredential(
    {
      use: 'rest',
      credential: { secret: token.secret, ...(token.email === undefined ? {} : { username: token.email }) },
      ...(token.email === undefined ? {} : { email: token.email }),
    },
    await parts.doctor(),
  )
  const [cause] = consultation.diagnoses
  const usable = !USELESS.includes(cause?.code ?? '') && !(cause?.code === 'D116' && token.email !== undefined)
  return { token: { ...token, scopes: grantedScopes(consultation) }, usable, consultation }
}

/** Bitbucket names the scopes of a token in the headers of a yes and in the body of a 403. */
function grantedScopes({ answers }: Consultation): VaultToken['scopes'] {
  for (const answer of Object.values(answers)) {
    if (answer?.kind === 'yes' && answer.scopes !== 'not reported') return answer.scopes
    if (answer?.kind === 'no' && answer.granted !== undefined) return answer.granted
  }
  return 'not reported'
}

/** What is buried in history or in an archive is named, and Bitbucket is not asked about it: nothing changes there. */
async function planFor(inventory: Inventory, options: PlanOptions, parts: Parts): Promise<Plan> {
  const tokens = await (await parts.vault()).list()
  if (options.token !== undefined && !tokens.some(({ name }) => name === options.token)) {
    throw new Failure('R111', {
      at: `vault token "${options.token}"`,
      because: 'the vault holds no such token',
      next: ['  keyturn token list'],
    })
  }
  const found = inventory.places.filter(({ buried }) => buried === undefined)
  const { digests, sizes } = await readForPlan(found, parts)
  const places = withSizes(found, sizes)
  const diagnoses = options.offline ? new Map<PlaceId, Diagnosis>() : await diagnosePlaces(places, parts, options)
  const { makePlan } = await import('./plan/planner.ts')
  const consumers = await parts.consumers()
  return makePlan({
    places: withSizes(inventory.places, sizes),
    sources: inventory.sources,
    diagnoses,
    digests,
    refused: refusalsOf(places, consumers),
    unwritten: new Set(consumers.flatMap(({ id, connector }) => (connector === undefined ? [id] : []))),
    creating: new Set(consumers.flatMap(({ id, connector }) => (connector?.stageCreate === undefined ? [] : [id]))),
    own: ownSecrets(tokens, parts),
    versions: await versionsNear(places, parts),
    tokens: tokens.map(summaryOf),
    policy: policyOf(options, places),
    now: parts.context.system.clock.now(),
  })
}

/** Versions of tools that have a floor, from lockfiles and image tags beside their places. What cannot be read tells nothing. */
async function versionsNear(places: readonly Place[], { context }: Parts): Promise<ReadonlyMap<PlaceId, FoundVersion>> {
  const { filesThatTell, stillToTell, versionsIn } = await import('./plan/version-evidence.ts')
  const { files } = context.system
  const found = new Map<PlaceId, FoundVersion>()
  for (const [path, near] of filesThatTell(places)) {
    if (stillToTell(path, near, found).length === 0) continue
    const entry = await files.entry(path).catch(() => undefined)
    if (entry?.kind !== 'file' || entry.size > MOST_VERSION_BYTES) continue
    const bytes = await files.read(path).catch(() => undefined)
    if (bytes !== undefined) versionsIn(path, Buffer.from(bytes).toString('utf8'), near, found)
  }
  return found
}

/** A lockfile of a large repository has some megabytes. */
const MOST_VERSION_BYTES = 32 * 1024 * 1024

/** What keyturn itself signs in with: to controllers, and to Bitbucket when it asks. */
function ownSecrets(tokens: readonly VaultToken[], { context }: Parts): ReadonlySet<Fingerprint> {
  return new Set(
    [...context.logins.map(({ apiToken }) => apiToken), ...tokens.map(({ secret }) => secret)].map(
      ({ fingerprint }) => fingerprint,
    ),
  )
}

function policyOf({ token, replace, email, tokens, canaries }: PlanOptions, places: readonly Place[]): PlanPolicy {
  const named = canaries?.flatMap((name) => canariesNamed(name, places))
  return defined({ token, replace, email, tokens, canaries: named })
}

/** By id, path, or path and address. Throws R111 where none is meant. */
function canariesNamed(name: string, places: readonly Place[]): readonly PlaceId[] {
  const found = places.filter(({ id, at, address }) => {
    const where = at.kind === 'file' ? at.path : at.url
    return id === name || where === name || where === resolve(name) || `${where} ${address}`.endsWith(name)
  })
  if (found.length > 0) return found.map(({ id }) => id)
  throw new Failure('R111', {
    at: `--canary ${name}`,
    because: 'no place that was found has this id, path or address',
    state: 'Nothing was changed.',
    next: ['  keyturn scan PATH --json'],
  })
}

/** What the plan is sure of without an answer is not asked; everything else is. */
async function diagnosePlaces(
  places: readonly Place[],
  parts: Parts,
  { onPlace, ...options }: PlanOptions,
): Promise<ReadonlyMap<PlaceId, Diagnosis>> {
  const { isSettled } = await import('./plan/verdict.ts')
  const asked = places.filter((place) => !isSettled(place, options))
  const consult = await consultingMany(places, parts, defined({ email: options.email }))
  const diagnoses = new Map<PlaceId, Diagnosis>()
  for (const [index, place] of asked.entries()) {
    const [cause] = (await consult(place)).diagnoses
    if (cause !== undefined) diagnoses.set(place.id, cause)
    onPlace?.(index + 1, asked.length)
  }
  return diagnoses
}

/** As `consultPlace`, for one place after the other: what is the same for many is asked once. */
async function consultingMany(
  places: readonly Place[],
  parts: Parts,
  known: Known,
): Promise<(place: Place) => Promise<Consultation>> {
  const { openSurvey } = await import('./consumers/jenkins/survey.ts')
  const pins = places.filter(({ consumer, secret }) => consumer === 'jenkins' && secret?.encoding !== 'opaque')
  const survey = openSurvey(parts.context, new Set(pins.flatMap(({ uses }) => uses.map(({ by }) => by))))
  return async (place) => {
    const item = isHeldByJenkins(place) ? jobOf(place) : undefined
    if (item === undefined) return consultPlace(place, parts, known)
    const findings = (await survey.working(place)) ?? (await survey.examine(place, item))
    return (await diagnosing()).diagnoseJenkinsJob(findings, await parts.doctor(), known)
  }
}

function isHeldByJenkins({ consumer, secret }: Place): boolean {
  return consumer === 'jenkins' && secret?.encoding === 'opaque'
}

/** Why places are found and never changed: because of their consumer, or because of where they are. */
function refusalsOf(places: readonly Place[], consumers: readonly Consumer[]): ReadonlyMap<PlaceId, string> {
  const known = new Map(consumers.map((consumer) => [consumer.id, consumer]))
  return new Map(
    places.flatMap((place) => {
      const consumer = known.get(place.consumer)
      const reason = consumer?.unwritten ?? consumer?.connector?.refuses?.(place)
      return reason === undefined ? [] : [[place.id, reason] as const]
    }),
  )
}

/** What a plan needs of what each place holds now. */
interface ReadForPlan {
  readonly digests: ReadonlyMap<PlaceId, Digest>
  /** Of secrets that are not shown. */
  readonly sizes: ReadonlyMap<PlaceId, SecretField['size']>
}

async function readForPlan(places: readonly Place[], { consumers, context }: Parts): Promise<ReadForPlan> {
  const known = new Map((await consumers()).map(({ id, connector }) => [id, connector]))
  const { readEach } = await import('./apply/read-each.ts')
  const { refsToRead } = await import('./plan/refs-to-read.ts')
  const digests = new Map<PlaceId, Digest>()
  const sizes = new Map<PlaceId, SecretField['size']>()
  for (const [consumer, group] of groupedBy(refsToRead(places), ({ consumer: id }) => id)) {
    const connector = known.get(consumer)
    if (connector === undefined) continue
    const writable = group.filter((place) => connector.refuses?.(place) === undefined)
    for (const [index, state] of (await readEach(connector, writable, context)).entries()) {
      const place = writable[index]
      if (place === undefined || state instanceof Failure || state.kind === 'absent') continue
      digests.set(place.id, state.digest)
      if (state.place.secret?.size !== undefined) sizes.set(place.id, state.place.secret.size)
    }
  }
  return { digests, sizes }
}

function withSizes(places: readonly Place[], sizes: ReadForPlan['sizes']): readonly Place[] {
  return places.map((place) => {
    const size = sizes.get(place.id)
    return size === undefined || place.secret === undefined ? place : { ...place, secret: { ...place.secret, size } }
  })
}

function summaryOf({ secret, addedAt: _addedAt, ...token }: VaultToken): TokenSummary {
  return { ...token, fingerprint: secret.fingerprint }
}

async function savePlan(plan: Plan, { context, folders }: Parts): Promise<string> {
  const { files } = context.system
  const path = join(folders.state, 'plans', `${plan.createdAt.replace(/[^0-9]/g, '').slice(0, 17)}-${plan.id}.json`)
  await files.makeFolder(join(folders.state, 'plans'))
  await files.create(path, Buffer.from(writePlan(plan)))
  return path
}

async function loadPlan(name: string | undefined, { context, folders }: Parts): Promise<Plan> {
  const { files } = context.system
  const folder = join(folders.state, 'plans')
  const saved = (await files.entry(folder)) === undefined ? [] : (await files.list(folder)).map((entry) => entry.path)
  const known = name === undefined ? saved.at(-1) : saved.find((path) => path.endsWith(`-${name}.json`))
  const path = known ?? name
  if (path === undefined) throw new Failure('R111', { because: 'no plan was made yet', next: ['  keyturn plan PATH'] })
  const { readPlan } = await import('./plan/plan-file.ts')
  return readPlan(Buffer.from(await files.read(path)).toString('utf8'), path)
}

/** What a proof that was killed has left is cleared up by whoever proves next, or goes on with the run. */
async function provingDeps(parts: Parts, onEvent?: (event: ApplyEvent) => void): Promise<ApplyDeps> {
  const { sweepHandOvers } = await import('./consumers/secret-hand-over.ts')
  await sweepHandOvers(parts.context.system)
  return applyDeps(parts, onEvent)
}

async function applyDeps(parts: Parts, onEvent?: (event: ApplyEvent) => void): Promise<ApplyDeps> {
  const { context, folders } = parts
  const consumers = new Map((await parts.consumers()).map((consumer) => [consumer.id, consumer]))
  const vault = await parts.vault()
  const { runStore } = await import('./apply/run-folder.ts')
  const { fieldVerifier } = await import('./consumers/field-verifier.ts')
  return {
    context,
    state: folders.state,
    runs: runStore(folders.state, context.system.files, vault),
    token: async (name) => (await vault.find(name))?.secret,
    tokenKind: async (name) => (await vault.find(name))?.kind,
    hands: (id) => {
      const { connector, verifier } = consumers.get(id) ?? {}
      if (connector === undefined) return verifier === undefined ? {} : { verifier }
      return { connector, verifier: verifier ?? fieldVerifier(connector) }
    },
    ...(onEvent === undefined ? {} : { onEvent }),
  }
}

/** Where a use names no repository, this one is asked about: what a plan did not know can be said after the change. */
async function askingAbout(example: Repository | undefined, deps: ApplyDeps): Promise<ApplyDeps> {
  if (example === undefined) return deps
  const { onExample } = await import('./scan/attach-uses.ts')
  return {
    ...deps,
    hands: (id) => {
      const { verifier, ...rest } = deps.hands(id)
      if (verifier === undefined) return rest
      const verify: Verifier['verify'] = (place, use, context) =>
        verifier.verify(place, onExample(use, example), context)
      return { ...rest, verifier: { ...verifier, verify } }
    },
  }
}

/** 5 when something could not be read. */
export function exitCodeOfScan(inventory: Inventory): ExitCode {
  return inventory.unread.length > 0 ? 5 : 0
}
