import { Failure } from '../../model/failure.ts'
import type { Place, PlaceOwner, PlaceRef } from '../../model/place.ts'
import type { DomainReach } from '../jenkins-domain.ts'
import { formatAddress, JENKINS, type JenkinsAddress, storeName } from './address.ts'
import type { JenkinsClient } from './client.ts'
import type { CodeOwned } from './configuration-as-code.ts'
import { placePath } from './controller-path.ts'
import type { CredentialElement } from './credential-element.ts'
import { credentialPlace } from './credential-place.ts'
import { readReach } from './domain-of-store.ts'
import { attempt } from './items.ts'
import { type Elsewhere, sharedElsewhere } from './other-hosts.ts'
import { codeOwner, providerOwner } from './owners.ts'
import { storedUsername } from './shown-username.ts'
import { type ListedCredential, readElement } from './store-listing.ts'

/** What decides whether a credential is of concern, and more of it where it was shown already. */
export type Row = Omit<ListedCredential, 'typeName'> & { readonly shown?: Shown }

interface Shown extends Pick<CredentialElement, 'type'> {
  readonly username: string | undefined
  readonly scope: string | undefined
  /** `undefined`: it was not shown. */
  readonly reach: DomainReach | undefined
}

export function speaksOfBitbucket({ id, displayName, description, domainText, shown }: Row): boolean {
  return namesBitbucket([id, displayName, description, domainText, shown?.username ?? ''].join(' '))
}

function namesBitbucket(words: string): boolean {
  return /bitbucket|x-token-auth/i.test(words)
}

/** What else is known of the credentials of a controller. */
interface Known {
  readonly owned: CodeOwned | undefined
  readonly shared: ReadonlyMap<Row, Elsewhere>
}

/** Makes places of what is of concern, and asks once about each domain. What is refused becomes a gap. */
export function placing(
  client: JenkinsClient,
  known: Known,
  gaps: Failure[],
): (row: Row) => Promise<Place | undefined> {
  const reaches = new Map<string, Promise<DomainReach | undefined>>()
  const reachOf = (row: Row): Promise<DomainReach | undefined> => {
    const key = `${storeName(row.store)}\0${row.domain}`
    const reach = reaches.get(key) ?? readReach(client, row).catch(notShown)
    reaches.set(key, reach)
    return reach
  }
  return (row) => attempt(gaps, async () => placeOf(client, row, await shownOf(client, row, reachOf), known))
}

/** Domains are shown only with ManageDomains. */
function notShown(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'R403') return undefined
  throw error
}

async function shownOf(
  client: JenkinsClient,
  row: Row,
  reachOf: (row: Row) => Promise<DomainReach | undefined>,
): Promise<Shown | undefined> {
  if (row.shown !== undefined) return row.shown
  const element = await readElement(client, row.store, row.domain, row.id)
  if (element === undefined || element === 'other') return undefined
  const { type, username, scope } = element
  const told = username === undefined ? undefined : (storedUsername(username, row.displayName) ?? username)
  return { type, username: told, scope, reach: await reachOf(row) }
}

/** `undefined`: a kind without a secret for Bitbucket, or one that nothing at Bitbucket is given and whose words do not speak of it. */
function placeOf(
  client: JenkinsClient,
  row: Row,
  shown: Shown | undefined,
  { owned, shared }: Known,
): Place | undefined {
  if (shown === undefined || shown.reach === 'other hosts') return undefined
  const isWithheld = shown.scope === 'SYSTEM' || shown.reach === 'api.bitbucket.org'
  if (isWithheld && !speaksOfBitbucket(row)) return undefined
  const withheld = isWithheld ? 'jobs' : shown.type === 'secret text' ? 'plain git' : undefined
  const ref = placeRef(client, { kind: 'credential', store: row.store, domain: row.domain, id: row.id })
  const ownedBy = ownerOf(row, owned)
  const other = shared.get(row)
  const isUnknown = shown.reach === undefined && !namesBitbucket(row.domainText)
  const hindrance = other === undefined ? (isUnknown ? unknownDomain(row) : undefined) : sharedElsewhere(other)
  return {
    ...credentialPlace(ref, shown.username),
    ...(withheld === undefined ? {} : { withheldFrom: withheld }),
    ...(ownedBy === undefined ? {} : { ownedBy }),
    ...(hindrance === undefined ? {} : { hindrance }),
  }
}

/** Jobs at Bitbucket may be given another one of its id instead; this one may be for another host. */
function unknownDomain({ domain, store }: Row): NonNullable<Place['hindrance']> {
  return {
    kind: 'not writable',
    reason: `for which hosts the domain "${domain}" of ${storeName(store)} is, was not shown`,
    wayOut: 'Grant the login Credentials/ManageDomains there and plan again, or change it in its web page.',
  }
}

function ownerOf({ store, id }: Row, owned: CodeOwned | undefined): PlaceOwner | undefined {
  if (store.kind === 'provider') return providerOwner(store.name)
  return store.kind === 'system' && owned?.ids.has(id) ? codeOwner(owned) : undefined
}

export function placeRef(client: JenkinsClient, address: JenkinsAddress): PlaceRef {
  const url = client.baseUrl + placePath(address)
  const text = formatAddress(address)
  return { id: `${JENKINS} ${url} ${text}`, consumer: JENKINS, at: { kind: 'url', url }, address: text }
}
