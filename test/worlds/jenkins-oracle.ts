import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import { gitAnswer, hasOwnDefect } from './bitbucket-oracle.ts'
import type { GitWorld, Helper, JenkinsWorld, Name, Pair } from './blueprint.ts'
import type { Expectation } from './expectation.ts'
import { type Run, runGit, type Sent, untoldOfPair } from './git-oracle.ts'

/** One checkout: the account that runs git, and whether anything of Jenkins was sent (docs/consumers/jenkins.md). */
export interface Checkout {
  readonly on: 'controller' | 'agent'
  readonly run: Run
}

/** A pipeline is first read by the controller; the first checkout that fails ends the build. */
export function runBuild(world: JenkinsWorld): Checkout {
  const onController: Checkout = { on: 'controller', run: checkout({ ...world, agent: {} }) }
  if (world.job === 'pipeline' && !onController.run.works) return onController
  return { on: 'agent', run: checkout(world) }
}

/** What git is given: the agent's own configuration, and an askpass program that knows the credential of the job. */
function checkout(world: JenkinsWorld): Run {
  const { site, told, agent, userinfo } = world
  const used = usedPair(world)
  const store: readonly Helper[] =
    agent.store === undefined
      ? []
      : [{ kind: 'store', file: 'default', lines: [agent.store], scope: 'global', key: 'general' }]
  const asGit: GitWorld = {
    kind: 'git',
    use: 'fetch',
    site,
    told,
    stand: 'url',
    afterFailure: false,
    helpers: store,
    noise: [],
    askedBy: 'doctor URL',
    ...(userinfo === undefined ? {} : { userinfo: { ...userinfo, by: 'url', scope: 'global' } as const }),
    ...(agent.header === undefined
      ? {}
      : { header: { pair: agent.header, scheme: 'Basic', scope: 'global', key: 'general' } as const }),
    ...(agent.netrc === undefined ? {} : { netrc: { pair: agent.netrc, entry: 'machine' } as const }),
    ...(used === undefined ? {} : { askpass: { pair: used, by: 'environment' } as const }),
  }
  return runGit(asGit)
}

/** What the id means: the nearest folder first; a secret text is not offered to git, and the system scope not to jobs. */
export function usedPair({ id, pair, shadow, isEmpty }: JenkinsWorld): Pair | undefined {
  if (id === 'no store holds it' || id === 'none selected') return undefined
  if (shadow !== undefined) return shadow
  if (id !== 'right') return undefined
  // An empty password is no secret that anybody issued.
  return isEmpty ? { name: pair.name, secret: { id: 'empty', kind: 'foreign', looks: 'like nothing' } } : pair
}

export function expectationOfJenkins(world: JenkinsWorld): Expectation {
  const known = expectationOf(world)
  // A warning beside the cause: whatever is changed in the controller is lost at its next start.
  return world.ownedByCode ? { ...known, right: [...known.right, 'D138'] } : known
}

function expectationOf(world: JenkinsWorld): Expectation {
  if (world.overSsh) return ofSsh(world)
  if (world.deadProxy && !failsOnController(world)) return ofDeadProxy(world)
  const { run, on } = runBuild(world)
  if (run.works) return ofSuccess(world)
  // What only the agent meets would stop a pipeline after the controller has read it; what the controller meets is all that it knows
  // as long as nobody may look at the agent.
  const next = on === 'controller' ? checkout(world) : world.told.agentHome ? run : checkout({ ...world, agent: {} })
  const once = forgottenOnce(world, run)
  const right = [...new Set([run, next, ...once].flatMap((each) => (each.works ? [] : codesOf(world, each))))]
  const untold = untoldOf(world, run, on)
  return { works: false, right, ...(untold === undefined ? {} : { untold }) }
}

/** The proxy stands on the agent, and the controller reads a pipeline first. */
function failsOnController(world: JenkinsWorld): boolean {
  const { run, on } = runBuild(world)
  return on === 'controller' && !run.works
}

/** A helper forgets what is answered 401, so that a job which was never built fails once with it and then with what the controller met. */
function forgottenOnce(world: JenkinsWorld, { sent: [first] }: Run): readonly Run[] {
  const isForgotten = !world.built && first?.from === 'helper' && first.answer.status === 401
  return isForgotten ? [checkout({ ...world, agent: {} })] : []
}

/** Without the credential that an id stands for, git has only the key of the account, if there is one. */
function ofSsh(world: JenkinsWorld): Expectation {
  const { built } = world
  const missing = idCodes(world).filter((code) => code === 'D113')
  return { works: false, right: ['D136', ...missing], ...(built ? {} : { untold: 'the job was not built' }) }
}

function ofDeadProxy({ deadProxy: _, ...world }: JenkinsWorld): Expectation {
  const other = expectationOf(world)
  return { works: false, right: ['D135', ...(other.works ? [] : other.right)] }
}

/** Without a build, only the controller's own test can tell, and it knows nothing of the agent. */
function ofSuccess(world: JenkinsWorld): Expectation {
  const right: DiagnosisCode[] = ['D100', ...(world.site.isPrivate ? [] : (['D119'] as const))]
  if (world.built) return { works: true, right }
  const alone = checkout({ ...world, agent: {} })
  const untold = 'the job was not built, and the controller cannot tell'
  if (!world.site.isPrivate) return { works: true, right, untold }
  if (alone.works) return { works: true, right }
  return { works: true, right: [...right, ...codesOf({ ...world, agent: {} }, alone)], untold }
}

function codesOf(world: JenkinsWorld, run: Run): readonly DiagnosisCode[] {
  const first = run.sent[0]
  const waiting = [...run.sent.slice(1).map(({ pair }) => pair.secret), ...run.behind]
  const isDead = first !== undefined && (first.answer.status === 401 || hasOwnDefect(first.pair, 'fetch', world.site))
  const isOlderFirst = isDead && first.from !== 'askpass' && first.from !== 'header' && waiting.length > 0
  return [
    ...run.sent
      .flatMap((sent) => sent.answer.defects.map(({ code }) => code))
      .filter((code) => !isOfEmpty(world, run, code)),
    ...(isOlderFirst ? (['D111'] as const) : []),
    ...(isDead && first.from === 'header' ? (['D112'] as const) : []),
    ...idCodes(world),
    ...(isPinned(world, run) ? (['D110'] as const) : []),
    ...(isShadowed(world, run) ? (['D114'] as const) : []),
    ...(sendsEmpty(world, run) || sendsShort(run) ? (['D139'] as const) : []),
  ]
}

function idCodes(world: JenkinsWorld): readonly DiagnosisCode[] {
  if (usedPair(world) !== undefined) return []
  return world.id === 'none selected' ? ['D118'] : ['D113']
}

const lastOf = (run: Run): Sent | undefined => run.sent.at(-1)

/**
 * Hiding another one is a fault only where the nearer one is itself refused. A 401 says so, also in the profile where a good one without
 * access gets it.
 */
function isShadowed({ shadow, id, site }: JenkinsWorld, run: Run): boolean {
  const last = lastOf(run)
  if (id !== 'right' || shadow === undefined || last?.from !== 'askpass') return false
  return hasOwnDefect(shadow, 'fetch', site) || last.answer.status === 401
}

function sendsEmpty(world: JenkinsWorld, run: Run): boolean {
  return world.isEmpty && lastOf(run)?.pair.secret.id === 'empty'
}

/** A password of the account may be shorter than any token, which is all that the length of a ciphertext tells. */
function sendsShort(run: Run): boolean {
  const last = lastOf(run)
  return last?.from === 'askpass' && last.pair.secret.kind === 'account password'
}

function isOfEmpty(world: JenkinsWorld, run: Run, code: DiagnosisCode): boolean {
  return code === 'D122' && sendsEmpty(world, run)
}

/** The name of the URL is sent, and the one in the credential is not. */
function isPinned({ userinfo, site }: JenkinsWorld, run: Run): boolean {
  const last = lastOf(run)
  if (userinfo === undefined || userinfo.secret !== undefined || last === undefined) return false
  return run.missed || (last.ownName !== undefined && nameIsWrong(last.ownName, userinfo.name, last, site))
}

/** Then the name of the URL is not what has to be shown. */
function isDeadUnderItsName({ pair, ownName }: Sent, { site }: JenkinsWorld): boolean {
  return ownName !== undefined && hasOwnDefect({ name: ownName, secret: pair.secret }, 'fetch', site)
}

function nameIsWrong(own: Name, sent: Name, last: Sent, site: JenkinsWorld['site']): boolean {
  if (own === sent) return false
  return gitAnswer({ name: sent, secret: last.pair.secret }, 'fetch', site).status === 401
}

function untoldOf(world: JenkinsWorld, run: Run, on: Checkout['on']): string | undefined {
  const last = lastOf(run)
  if (last === undefined) return usedPair(world) === undefined ? undefined : 'nothing was sent'
  if (last.from !== 'askpass' && last.from !== 'userinfo' && on === 'agent' && !world.told.agentHome)
    return 'what the agent holds is not known'
  if (last.answer.status !== 401) return undefined
  if (isShadowed(world, run) || (isPinned(world, run) && !isDeadUnderItsName(last, world))) return undefined
  if (world.isEmpty) return 'Jenkins does not show that a password is empty'
  if (last.from === 'userinfo') return 'the secret in the URL of the job is not used as evidence'
  if (last.from === 'header' || run.behind.length > 0) return undefined
  // What is given is the secret that the administrator knows of, and not that of a nearer folder.
  if (last.from === 'askpass' && (!world.told.secret || world.shadow !== undefined))
    return 'Jenkins does not show the secret'
  return untoldOfPair(last.pair, last.answer.defects, world)
}
