import type { Use } from '../model/use.ts'
import { addressesIn, type BitbucketAddress } from './bitbucket-address.ts'
import type { FieldDocument } from './document-fields.ts'
import { isProgram } from './document-format.ts'
import { hostsIn } from './nearest-host.ts'
import { assignedTo, loginsOf, programLogin } from './program-login.ts'
import type { SpotUse } from './variable-flow.ts'

/** `os.environ['NAME']`, `process.env.NAME`, `ENV.fetch("NAME")`, `System.getenv("NAME")` and their like. */
const LOOKUP =
  /(?:\bos\.environ|\bprocess\.env|\bimport\.meta\.env|\bENV|\$_ENV|\$_SERVER|\benv)(?:\.(?:get|fetch))?\s{0,4}(?:[[(]\s{0,4}["']|\.)([A-Za-z_]\w{0,99})|\b(?:getenv|Getenv|LookupEnv|GetEnvironmentVariable|env::var|env\.get)\(\s{0,4}["']([A-Za-z_]\w{0,99})/g
const MOST = 500

/** Variables of the environment that a program reads, for the address that stands nearest. */
export function programReads({ format, text }: FieldDocument): readonly SpotUse[] {
  if (!isProgram(format) && format !== 'groovy') return []
  const addresses = addressesIn(text)
  const lookups = [...text.matchAll(LOOKUP)].slice(0, MOST)
  if (addresses.length === 0 || lookups.length === 0) return []
  const hosts = hostsIn(text)
  const spelledAt = loginAt(text, lookups)
  return lookups.flatMap((match) => {
    if (hosts.bitbucketNear(match.index) === undefined) return []
    const name = match[1] ?? match[2] ?? ''
    const told = only(addresses) ?? [sideOf(nearest(addresses, match.index))]
    const spelled = spelledAt(match.index)
    const uses = told.map(({ side, ...owner }) => ({
      operation: side === 'git' ? ('git-fetch' as const) : side,
      ...owner,
      ...(spelled === undefined || side === 'git' ? {} : { spelled }),
    }))
    return [{ names: [name], at: match.index, keys: [], uses }]
  })
}

/** As a login where it is looked up, or where the variable is that it is kept in. */
function loginAt(text: string, lookups: readonly { readonly index: number }[]): (at: number) => Use['spelled'] {
  const kept = new Map(lookups.map(({ index }) => [index, assignedTo(text, index)]))
  const logins = loginsOf(
    text,
    [...kept.values()].filter((name) => name !== undefined),
  )
  return (at) => programLogin(text, at) ?? logins.get(kept.get(at) ?? '')
}

interface Placed {
  readonly at: number
  readonly address: BitbucketAddress
}

/** The only repository of a program is what it asks, with everything that it asks of it. */
function only(addresses: readonly Placed[]): readonly BitbucketAddress[] | undefined {
  const each = new Map(addresses.map(({ address }) => [JSON.stringify(address), address]))
  const owners = new Set(addresses.map(({ address: { resource: _resource, ...owner } }) => JSON.stringify(owner)))
  return owners.size === 1 ? [...each.values()] : undefined
}

function nearest(addresses: readonly Placed[], at: number): BitbucketAddress | undefined {
  return [...addresses].sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0]?.address
}

function sideOf(address: BitbucketAddress | undefined): BitbucketAddress {
  return { side: address?.side ?? 'git' }
}
