import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import {
  type Answer,
  appPasswordsWork,
  bearerWorks,
  type Defect,
  gitAnswer,
  hasOwnDefect,
  isBeforeEnd,
  OWN_TEXTS_SINCE_SEPTEMBER,
} from './bitbucket-oracle.ts'
import type { GitWorld, Helper, Name, Pair, Profile, SecretForm, Site, Told } from './blueprint.ts'
import { SCOPES } from './blueprint.ts'
import type { Expectation } from './expectation.ts'

/** One request with a credential. */
export interface Sent {
  readonly from: 'header' | 'userinfo' | 'netrc' | 'helper' | 'askpass'
  /** With the name that goes over the wire. */
  readonly pair: Pair
  /** The name stored with the secret, where another one is sent. */
  readonly ownName?: Name
  readonly answer: Answer
}

/** What git does, in its order (docs/bitbucket-authentication.md, "What git does"). */
export interface Run {
  readonly works: boolean
  readonly sent: readonly Sent[]
  /** Secrets that would have been sent if nothing had stood before them. */
  readonly behind: readonly SecretForm[]
  /** Something holds a credential under another name than the one that is asked for. */
  readonly missed: boolean
}

export function runGit(world: GitWorld): Run {
  const { site, use } = world
  const header = headerInForce(world)
  if (world.network !== undefined || world.userinfo?.raw) return { works: false, sent: [], behind: [], missed: false }
  if (use === 'fetch' && !site.isPrivate && site.reach !== 'no such repository')
    return { works: site.incident !== 'out of order', sent: [], behind: [], missed: false }
  if (header !== undefined) return withHeader(world, header)
  return withoutHeader(world)
}

/** Of two settings of `http.<url>.*`, git leaves out the general one that it reads after the one for the URL. */
function headerInForce({ header, noise }: GitWorld): GitWorld['header'] {
  const isAfterOther =
    noise.includes('other header') && SCOPES.indexOf(header?.scope ?? 'system') >= SCOPES.indexOf('global')
  return header?.key === 'general' && isAfterOther ? undefined : header
}

/** An Authorization of the configuration is in every request, whatever else git finds after a 401. */
function withHeader(world: GitWorld, header: NonNullable<GitWorld['header']>): Run {
  const { scheme, pair } = header
  const isBearerRefused = scheme === 'Bearer' && !gitTakesBearer(pair.secret, world.site.profile)
  const asked = scheme === 'Bearer' ? asBearer(pair) : pair
  const answer = gitAnswer(asked, world.use, world.site)
  const told: Answer = isBearerRefused ? { ...answer, status: 401 } : answer
  const behind = candidates(world).map((each) => each.pair.secret)
  return { works: told.status === 200, sent: [{ from: 'header', pair: asked, answer: told }], behind, missed: false }
}

/** There is no name in it, and a blank at the end of a header is none of its value. */
export function asBearer(pair: Pair): Pair {
  return { ...withoutBlank(pair), name: 'fixed name of access tokens' }
}

/** Neither a header nor the words of a shell keep a blank at their end. */
function withoutBlank({ name, secret }: Pair): Pair {
  const isBlank = 'copy' in secret && secret.copy === 'blank at the end'
  return { name, secret: isBlank ? { ...secret, copy: 'whole' } : secret }
}

/** Of API tokens it is not known; one profile says so. */
function gitTakesBearer({ kind }: SecretForm, profile: Profile): boolean {
  return kind === 'access token' || (kind === 'api token' && profile === 'lenient')
}

function withoutHeader(world: GitWorld): Run {
  const order = candidates(world)
  const sent: Sent[] = []
  for (const [index, { from, pair, ownName }] of order.entries()) {
    const answer = gitAnswer(pair, world.use, world.site)
    sent.push({ from, pair, answer, ...(ownName === undefined ? {} : { ownName }) })
    // Only libcurl's own answer is followed by another credential.
    if (answer.status === 401 && from === 'netrc') continue
    // A secret in the URL keeps libcurl from netrc as well.
    const { userinfo: _, ...free } = world
    const later = from === 'userinfo' ? candidates(free) : order.slice(index + 1)
    return { works: answer.status === 200, sent, behind: later.map((each) => each.pair.secret), missed: false }
  }
  return { works: false, sent, behind: [], missed: isMissed(world) }
}

interface Candidate {
  readonly from: Sent['from']
  readonly pair: Pair
  readonly ownName?: Name
}

/** In the order in which they are asked, as if each before had been refused. */
function candidates(world: GitWorld): readonly Candidate[] {
  const { userinfo, netrc, askpass } = world
  const written: readonly Candidate[] =
    userinfo?.secret === undefined ? [] : [{ from: 'userinfo', pair: { name: userinfo.name, secret: userinfo.secret } }]
  const wanted = wantedName(world)
  return [
    ...written,
    ...(netrc === undefined ? [] : fromNetrc(netrc, world)),
    ...fromHelpers(world, wanted),
    ...(askpass === undefined ? [] : [fromAskpass(askpass.pair, namedByHelpers(world) ?? wanted)]),
  ]
}

/** A helper that only names a user narrows the question for those behind it. */
function fromHelpers(world: GitWorld, wanted: Name | undefined): readonly Candidate[] {
  let asked = wanted
  return helpersInForce(world).flatMap((helper) => {
    if (helper.kind === 'names a user') asked = helper.name
    return answersOf(helper, world, asked)
  })
}

function namedByHelpers(world: GitWorld): Name | undefined {
  const named = helpersInForce(world).findLast(({ kind }) => kind === 'names a user')
  return named?.kind === 'names a user' ? named.name : undefined
}

/** libcurl knows the username of a URL, and sends the only entry's password under it (measured with 7.88); `credential.username` it does not. */
function fromNetrc({ pair }: NonNullable<GitWorld['netrc']>, { userinfo }: GitWorld): readonly Candidate[] {
  if (userinfo?.secret !== undefined) return []
  if (userinfo === undefined || userinfo.name === pair.name) return [{ from: 'netrc', pair }]
  return [{ from: 'netrc', pair: { name: userinfo.name, secret: pair.secret }, ownName: pair.name }]
}

export function wantedName({ userinfo, pinned }: GitWorld): Name | undefined {
  return userinfo?.name ?? pinned?.name
}

/** An empty value clears what was read before it. */
export function helpersInForce({ helpers }: GitWorld): readonly Helper[] {
  return helpers.slice(helpers.findLastIndex(({ kind }) => kind === 'reset') + 1)
}

function answersOf(helper: Helper, world: GitWorld, wanted: Name | undefined): readonly Candidate[] {
  switch (helper.kind) {
    case 'absent':
    case 'reset':
    case 'names a user':
      return []
    case 'manager':
      return passesCheck(helper.pair, world) ? [{ from: 'helper', pair: helper.pair }] : []
    case 'snippet':
      return [{ from: 'helper', pair: withoutBlank(helper.pair) }]
    case 'keychain':
      return [{ from: 'helper', pair: helper.pair }]
    case 'cache':
      return pathHides(world, false) || !fits(helper.pair, wanted) ? [] : [{ from: 'helper', pair: helper.pair }]
    case 'store':
      if (pathHides(world, world.useHttpPath?.linesHavePath === true)) return []
      return helper.lines.filter((line) => fits(line, wanted)).map((pair) => ({ from: 'helper', pair }))
  }
}

/** `GET /2.0/user`, as Bearer and as Basic with the name for git (Git Credential Manager, BitbucketHostProvider.cs). */
function passesCheck({ name, secret }: Pair, { site }: GitWorld): boolean {
  if (secret.kind === 'app password') return appPasswordsWork(site.moment) && name === 'username'
  if (secret.kind !== 'api token' || secret.copy !== 'whole') return false
  const isAlive = secret.end === 'alive' && secret.app === 'bitbucket' && secret.scopes === 'everything'
  return isAlive && (bearerWorks(site.moment) || name === 'e-mail')
}

const fits = (pair: Pair, wanted: Name | undefined): boolean => wanted === undefined || pair.name === wanted

/** With the path in the question, a line without it is not an answer (git-credential-store). */
function pathHides({ useHttpPath }: GitWorld, hasPath: boolean): boolean {
  return useHttpPath !== undefined && !hasPath
}

function fromAskpass(pair: Pair, wanted: Name | undefined): Candidate {
  if (wanted === undefined || wanted === pair.name) return { from: 'askpass', pair }
  return { from: 'askpass', pair: { name: wanted, secret: pair.secret }, ownName: pair.name }
}

function isMissed(world: GitWorld): boolean {
  const { useHttpPath: _, ...anyPath } = world
  return candidates(withAnyName(anyPath)).length > candidates(anyPath).length
}

/** Lines without the path that is asked for would answer if it were not. */
function isHiddenByPath(world: GitWorld): boolean {
  const { useHttpPath: _, ...anyPath } = world
  return candidates(withAnyName(anyPath)).length > candidates(withAnyName(world)).length
}

function withAnyName({ userinfo: _, pinned: __, ...world }: GitWorld): GitWorld {
  return { ...world, helpers: world.helpers.filter(({ kind }) => kind !== 'names a user') }
}

/** What is in the files after git has failed once: it erases what was answered 401, by the name (git-credential-store of 2.39). */
export function afterFailure(world: GitWorld): GitWorld {
  const run = runGit(world)
  const last = run.sent.at(-1)
  const asked = last?.from === 'helper' || last?.from === 'askpass' || last?.from === 'userinfo'
  if (run.works || last === undefined || !asked || last.answer.status !== 401) return world
  return { ...world, helpers: world.helpers.map((helper) => erased(helper, last.pair, world)) }
}

function erased(helper: Helper, { name }: Pair, world: GitWorld): Helper {
  if (!helpersInForce(world).includes(helper)) return helper
  if (helper.kind === 'keychain' || helper.kind === 'manager') return { ...helper, kind: 'absent' }
  if (helper.kind === 'cache') return helper.pair.name === name ? { ...helper, kind: 'absent' } : helper
  if (helper.kind !== 'store') return helper
  return { ...helper, lines: helper.lines.filter((line) => line.name !== name) }
}

const UNKNOWN_ASKPASS = 'what an askpass program answers is not known'

export function expectationOfGit(world: GitWorld): Expectation {
  const asked = world.afterFailure ? afterFailure(world) : world
  const run = runGit(asked)
  if (asked.network !== undefined) return ofNetwork(asked)
  if (asked.userinfo?.raw) return ofRawUrl(asked, asked.userinfo)
  if (isPublicFetch(asked)) return ofPublic(asked, run)
  if (run.works && run.sent.at(-1)?.from === 'askpass') return { works: true, right: ['D100'], untold: UNKNOWN_ASKPASS }
  if (run.works) return { works: true, right: ['D100'] }
  return ofFailure(asked, run)
}

/** It stops everything, and what else is wrong would stop the command by itself. */
function ofNetwork(world: GitWorld): Expectation {
  const { network: _, ...reached } = world
  const other = expectationOfGit({ ...reached, afterFailure: false })
  return { works: false, right: ['D135', ...(other.works ? [] : other.right)] }
}

/** Git reads another host out of the URL, and gets no further. */
function ofRawUrl(world: GitWorld, { name, secret }: NonNullable<GitWorld['userinfo']>): Expectation {
  const defects = secret === undefined ? [] : gitAnswer({ name, secret }, world.use, world.site).defects
  return { works: false, right: ['D134', ...defects.map(({ code }) => code)] }
}

function isPublicFetch({ use, site }: GitWorld): boolean {
  return use === 'fetch' && !site.isPrivate && site.reach !== 'no such repository'
}

/**
 * Nothing is sent, so that nothing is proved; whether the stored pair would do can be asked all the same. What would stop the same
 * command if the repository were private is a planted fault here as well.
 */
function ofPublic(world: GitWorld, run: Run): Expectation {
  const site: Site = { ...world.site, isPrivate: true, reach: 'write', policy: 'none' }
  const hidden = expectationOfGit({ ...world, afterFailure: false, site })
  // A header goes out at once, and meets what stops everybody who is somebody.
  const isStopped = world.site.incident === 'lock-out' || world.site.incident === 'rate limit'
  if (isStopped && headerInForce(world) !== undefined) return { works: false, right: hidden.right }
  if (!run.works) return { works: false, right: ['D191', ...hidden.right], untold: 'Bitbucket is out of order' }
  // Nothing stored is no fault where nothing is asked for.
  return { works: true, right: ['D119', ...hidden.right.filter((code) => code !== 'D118')] }
}

function ofFailure(world: GitWorld, run: Run): Expectation {
  const last = run.sent.at(-1)
  const dropped = droppedPair(world)
  if (last === undefined && dropped !== undefined) return ofDropped(world, dropped, run)
  if (last === undefined) return ofNothing(world, run)
  const untold = untoldOf(world, run)
  return { works: false, right: [...new Set(codesOf(world, run))], ...(untold === undefined ? {} : { untold }) }
}

function ofNothing(world: GitWorld, { missed }: Run): Expectation {
  const isEmpty = !missed || isHiddenByPath(world)
  return { works: false, right: [...(missed ? (['D110'] as const) : []), ...(isEmpty ? (['D118'] as const) : [])] }
}

function droppedPair(world: GitWorld): Pair | undefined {
  const managers = helpersInForce(world).flatMap((helper) => (helper.kind === 'manager' ? [helper.pair] : []))
  return managers.find((pair) => !passesCheck(pair, world))
}

/** The manager keeps a pair back; it may be dead as well. */
function ofDropped(world: GitWorld, pair: Pair, { missed }: Run): Expectation {
  const { status, defects } = gitAnswer(pair, world.use, world.site)
  const right: readonly DiagnosisCode[] = [
    'D131',
    ...defects.map(({ code }) => code),
    ...(missed ? (['D110'] as const) : []),
  ]
  // The manager drops what it cannot check.
  if (world.site.incident === 'out of order') return { works: false, right, untold: 'Bitbucket is out of order' }
  const untold = status === 401 ? untoldOfPair(pair, defects, world) : undefined
  return { works: false, right, ...(untold === undefined ? {} : { untold }) }
}

function codesOf(world: GitWorld, run: Run): readonly DiagnosisCode[] {
  const [first] = run.sent
  if (first === undefined) return []
  const own = run.sent.flatMap(({ answer }) => answer.defects.map(({ code }) => code))
  const waiting = [...run.sent.slice(1).map(({ pair }) => pair.secret), ...run.behind]
  const isDead = first.answer.status === 401 || hasOwnDefect(first.pair, world.use, world.site)
  const isOlderFirst = isDead && first.from !== 'header' && waiting.some(({ id }) => id !== first.pair.secret.id)
  const isPinned =
    run.missed ||
    namedByHelpers(world) !== undefined ||
    run.sent.some(({ ownName, pair }) => ownName !== undefined && ownName !== pair.name)
  return [
    ...own,
    ...(isDead && first.from === 'header' ? (['D112'] as const) : []),
    ...(isOlderFirst ? (['D111'] as const) : []),
    ...(isPinned ? (['D110'] as const) : []),
  ]
}

/** Why the wire and the files leave it open, if they do. */
function untoldOf(world: GitWorld, run: Run): string | undefined {
  if (world.site.incident === 'out of order') return 'Bitbucket is out of order'
  const last = run.sent.at(-1)
  if (last?.from === 'askpass') return UNKNOWN_ASKPASS
  if (last === undefined || last.answer.status !== 401 || last.from === 'header') return undefined
  return untoldOfPair(last.pair, last.answer.defects, world)
}

const REVOKED_OAUTH = 'REST has one text for a revoked token of OAuth and for any secret that it does not know'

const TWENTY_CHARACTERS = 'while app passwords work, one of the older form is like any 20 letters and digits'

/** Tokens of OAuth go under the name of access tokens, and have no shape. */
function isOfNobody({ kind }: SecretForm): boolean {
  return kind === 'account password' || kind === 'foreign'
}

function mayLookLikeAppPassword(secret: SecretForm): boolean {
  return secret.kind === 'account password' || (secret.kind === 'foreign' && secret.looks === 'like an app password')
}

/** Git's 401 has one text; REST tells more, when it can be asked. */
export function untoldOfPair(
  { name, secret }: Pair,
  defects: readonly Defect[],
  world: { readonly site: Site; readonly told: Told },
): string | undefined {
  const { site } = world
  // A username that is an e-mail tells whose it is.
  const told = { ...world.told, email: world.told.email || name === 'e-mail' }
  if (name === 'fixed name of access tokens' && isOfNobody(secret)) return REVOKED_OAUTH
  if (mayLookLikeAppPassword(secret) && isBeforeEnd(site.moment)) return TWENTY_CHARACTERS
  if (defects.some(({ seenIn }) => seenIn === 'files')) return undefined
  if (secret.kind === 'oauth token' && secret.end === 'revoked') return REVOKED_OAUTH
  if (secret.kind === 'app password') return 'an app password that still works is not tried under another name'
  const hidden = defects.filter(({ seenIn }) => seenIn === 'REST, under the e-mail')
  if (hidden.length > 0) return untoldToken(hidden, site, told)
  if (site.profile === 'one 401' && defects.some(({ code }) => code === 'D115'))
    return untoldReach(secret, defects, site, told)
  return undefined
}

function untoldToken(hidden: readonly Defect[], { profile, moment }: Site, told: Told): string | undefined {
  if (!told.email)
    return 'without the e-mail, REST has one text for a dead token, one without scopes and one for another app'
  const isDead = hidden.some(({ twin }) => twin === 'dead')
  // "No Bitbucket scopes" tells whenever it is said. The generic text tells only at a time when the other one was in use.
  if (OWN_TEXTS_SINCE_SEPTEMBER.has(profile) && (moment === 'today' || !isDead)) return undefined
  if (told.site && hidden.every(({ twin }) => twin === 'without scopes')) return undefined
  return 'before September 2026, REST had one text for a dead token, one without scopes and one for another app'
}

/** A missing permission behind git's 401 shows on REST only, to somebody whom REST knows and who may read repositories. */
function untoldReach(secret: SecretForm, defects: readonly Defect[], { moment }: Site, told: Told): string | undefined {
  if (defects.some(({ code }) => code === 'D105')) return undefined
  if (secret.kind === 'access token' || told.email || bearerWorks(moment)) return undefined
  return 'REST takes no Bearer yet and the e-mail is not known'
}
