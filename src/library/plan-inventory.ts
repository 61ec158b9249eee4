import { resolve } from 'node:path'
import type { Consumer } from '../model/consumer.ts'
import type { Diagnosis } from '../model/diagnosis.ts'
import { latestEnd } from '../model/ends-soon.ts'
import { Failure } from '../model/failure.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Place, PlaceId } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import type { Fingerprint } from '../model/secret.ts'
import type { TokenSummary } from '../plan/choose-token.ts'
import type { FoundVersion, PlanInput, PlanPolicy } from '../plan/plan-input.ts'
import type { VaultToken } from '../vault/vault.ts'
import { applyDeps } from './apply-deps.ts'
import { consultingMany } from './consult.ts'
import { defined } from './defined.ts'
import type { PlanOptions } from './keyturn.ts'
import type { Parts } from './parts.ts'
import { type ReadForPlan, readForPlan, withSizes } from './read-for-plan.ts'

/** What is buried in history or in an archive is named, and Bitbucket is not asked about it: nothing changes there. */
export async function planFor(inventory: Inventory, options: PlanOptions, parts: Parts): Promise<Plan> {
  const tokens = await (await parts.vault()).list()
  if (options.token !== undefined && !tokens.some(({ name }) => name === options.token)) {
    throw new Failure('R111', {
      at: `vault token "${options.token}"`,
      because: 'the vault holds no such token',
      next: ['  keyturn token list'],
    })
  }
  const all = await toldOf(inventory.places, options)
  const found = all.filter(({ buried }) => buried === undefined)
  const { digests, sizes, shownInPart } = await readForPlan(found, parts)
  const places = withSizes(found, sizes)
  const { diagnoses, emailRefused } = options.offline ? NOT_ASKED : await diagnosePlaces(places, parts, options)
  const held = await heldTokens(places, { digests, shownInPart }, parts)
  const { makePlan } = await import('../plan/planner.ts')
  const consumers = await parts.consumers()
  return makePlan({
    places: withSizes(all, sizes).map((place) => holding(place, held.get(place.id))),
    sources: inventory.sources,
    diagnoses,
    emailRefused,
    digests,
    refused: refusalsOf(places, consumers),
    unwritten: new Set(consumers.flatMap(({ id, connector }) => (connector === undefined ? [id] : []))),
    creating: new Set(consumers.flatMap(({ id, connector }) => (connector?.stageCreate === undefined ? [] : [id]))),
    own: ownSecrets(tokens, parts),
    versions: await versionsOf(places, parts),
    linked: await linkedAmong(places, digests, parts),
    shownInPart,
    tokens: tokens.map(summaryOf),
    policy: policyOf(options, places),
    now: parts.context.system.clock.now(),
  })
}

/**
 * Versions of tools that have a floor, from lockfiles and image tags beside their places, and from systems that list them. What cannot be
 * read tells nothing.
 */
async function versionsOf(places: readonly Place[], parts: Parts): Promise<ReadonlyMap<PlaceId, FoundVersion>> {
  return new Map([...(await versionsNear(places, parts)), ...(await versionsListed(places, parts))])
}

async function versionsListed(
  places: readonly Place[],
  { consumers, context }: Parts,
): Promise<ReadonlyMap<PlaceId, FoundVersion>> {
  const { listedPlaces, listedVersion } = await import('../plan/version-evidence.ts')
  const found = new Map<PlaceId, FoundVersion>()
  for (const [id, listed] of groupedBy(listedPlaces(places), ({ consumer }) => consumer)) {
    const connector = (await consumers()).find((consumer) => consumer.id === id)?.connector
    const told = await connector?.versions?.(listed, context)
    for (const place of told === undefined ? [] : listed) {
      const versions = told?.get(place)
      const version = versions === undefined ? undefined : listedVersion(place, versions)
      if (version !== undefined) found.set(place.id, version)
    }
  }
  return found
}

async function versionsNear(places: readonly Place[], { context }: Parts): Promise<ReadonlyMap<PlaceId, FoundVersion>> {
  const { filesThatTell, stillToTell, versionsIn } = await import('../plan/version-evidence.ts')
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

/** Files that can be written and have several names. */
async function linkedAmong(
  places: readonly Place[],
  digests: ReadonlyMap<PlaceId, unknown>,
  { context }: Parts,
): Promise<ReadonlySet<string>> {
  const { files } = context.system
  const namesOf = async (path: string): Promise<number> =>
    files
      .resolve(path)
      .then(files.entry)
      .then((entry) => entry?.names ?? 1)
      .catch(() => 1)
  const paths = [...new Set(places.flatMap(({ id, at }) => (at.kind === 'file' && digests.has(id) ? [at.path] : [])))]
  const linked = new Set<string>()
  for (let from = 0; from < paths.length; from += LOOKED_AT) {
    const some = paths.slice(from, from + LOOKED_AT)
    for (const [index, names] of (await Promise.all(some.map(namesOf))).entries())
      if (names > 1) linked.add(some[index] ?? '')
  }
  return linked
}

/** So many files at the same time. */
const LOOKED_AT = 64

/**
 * Tokens of the vault in places that do not show their secret: a run put one there, and since then the place has not changed. Of a place
 * that is shown in part the rest may be another one.
 */
async function heldTokens(
  places: readonly Place[],
  { digests, shownInPart }: Pick<ReadForPlan, 'digests' | 'shownInPart'>,
  parts: Parts,
): Promise<ReadonlyMap<PlaceId, VaultToken>> {
  const hidden = places.filter(({ id, secret }) => secret?.encoding === 'opaque' && !shownInPart.has(id))
  const tokens = new Map((await (await parts.vault()).list()).map((token) => [token.secret.fingerprint, token]))
  if (hidden.length === 0 || tokens.size === 0) return new Map()
  const { secretsLeft } = await import('../apply/other-runs.ts')
  const leftAt = await secretsLeft(await applyDeps(parts))
  return new Map(
    hidden.flatMap((place) => {
      const found = digests.get(place.id)
      const token = tokens.get((found === undefined ? undefined : leftAt(place, found)) ?? '#')
      return token === undefined ? [] : [[place.id, token] as const]
    }),
  )
}

function holding(place: Place, token: VaultToken | undefined): Place {
  if (token === undefined || place.secret === undefined) return place
  return { ...place, secret: { ...place.secret, kind: token.kind, value: token.secret } }
}

/** What keyturn itself signs in with: to controllers, and to Bitbucket when it asks. */
function ownSecrets(tokens: readonly VaultToken[], { context }: Parts): ReadonlySet<Fingerprint> {
  return new Set(
    [...context.logins.map(({ apiToken }) => apiToken), ...tokens.map(({ secret }) => secret)].map(
      ({ fingerprint }) => fingerprint,
    ),
  )
}

function policyOf(
  { token, replace, email, tokens, canaries, only }: PlanOptions,
  places: readonly Place[],
): PlanPolicy {
  const named = canaries?.flatMap((name) => placesNamed(name, places, '--canary'))
  return defined({ token, replace, email, tokens, canaries: named, only })
}

/** By id, path, or path and address. Throws R111 where none is meant. */
function placesNamed(name: string, places: readonly Place[], option: string): readonly PlaceId[] {
  const found = places.filter(({ id, at, address }) => {
    const where = at.kind === 'file' ? at.path : at.url
    const whole = `/${where} ${address}`
    const isPart = whole.endsWith(name) && /^[/ ]/.test(whole.slice(-name.length - 1))
    return id === name || where === name || where === resolve(name) || isPart
  })
  if (found.length > 0) return found.map(({ id }) => id)
  throw new Failure('R111', {
    at: `${option} ${name}`,
    because: 'no place that was found has this id, path or address',
    state: 'Nothing was changed.',
    next: ['  keyturn scan PATH --json'],
  })
}

async function toldOf(places: readonly Place[], { told = [] }: PlanOptions): Promise<readonly Place[]> {
  if (told.length === 0) return places
  const { withToldUses } = await import('../plan/told-uses.ts')
  const each = told.flatMap(({ place, use }) => placesNamed(place, places, '--use').map((id) => ({ id, use })))
  const said = groupedBy(each, ({ id }) => id)
  return withToldUses(places, new Map([...said].map(([id, all]) => [id, all.map(({ use }) => use)])))
}

type Told = Required<Pick<PlanInput, 'diagnoses' | 'emailRefused'>>

const NOT_ASKED: Told = { diagnoses: new Map(), emailRefused: new Set() }

/** What the plan is sure of without an answer is not asked; everything else is. */
async function diagnosePlaces(
  places: readonly Place[],
  parts: Parts,
  { onPlace, only, ...options }: PlanOptions,
): Promise<Told> {
  const { isSettled } = await import('../plan/verdict.ts')
  const { isRecognised, isRefusedPair } = await import('../diagnose/answers.ts')
  const asked = places.filter((place) => only?.has(place.id) !== false && !isSettled(place, options))
  const consult = await consultingMany(places, parts, defined({ email: options.email }))
  const diagnoses = new Map<PlaceId, Diagnosis>()
  const emailRefused = new Set<PlaceId>()
  for (const [index, place] of asked.entries()) {
    const { diagnoses: found, answers } = await consult(place)
    const [cause] = found
    if (cause !== undefined) diagnoses.set(place.id, cause)
    if (isRefusedPair(answers['rest-email']) && isRecognised(answers['rest-bearer'])) emailRefused.add(place.id)
    onPlace?.(index + 1, asked.length)
  }
  return { diagnoses, emailRefused }
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

function summaryOf({ secret, addedAt, ...token }: VaultToken): TokenSummary {
  const endsBy = token.expiresAt === undefined ? latestEnd({ kind: token.kind, addedAt }) : undefined
  return { ...token, fingerprint: secret.fingerprint, ...defined({ endsBy }) }
}
