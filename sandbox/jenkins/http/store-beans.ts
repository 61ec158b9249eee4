import { type Credential, description, displayName, typeName } from '../credential.ts'
import { type DomainEntry, domainName } from '../credential-store.ts'
import type { Usage, UsageTracking } from '../usage.ts'
import { childText } from '../xml-element.ts'
import type { Bean } from './export-bean.ts'
import type { StorePlace } from './store-place.ts'

const WRAPPER = 'com.cloudbees.plugins.credentials.CredentialsStoreAction$DomainWrapper'

export function storeBean(place: StorePlace, usage: UsageTracking): Bean {
  const entries = place.store.domains.map((each) => [domainName(each) ?? '_', domainBean(place, usage, each)] as const)
  return { _class: place._class, fields: { domains: { entries: Object.fromEntries(entries) } } }
}

export function domainBean(place: StorePlace, usage: UsageTracking, entry: DomainEntry): Bean {
  const name = domainName(entry)
  return {
    _class: WRAPPER,
    fields: {
      credentials: entry.credentials.map((each) => () => credentialBean(place, usage, entry, each)),
      description:
        name === undefined
          ? 'Credentials that should be available everywhere.'
          : (childText(entry.domain, 'description') ?? ''),
      displayName: name ?? 'Global',
      fullDisplayName: `${place.fullDisplayName} » ${name ?? 'Global'}`,
      fullName: `${place.fullName}/${name ?? '_'}`,
      global: name === undefined,
      urlName: name ?? '_',
    },
  }
}

/** `fingerprint` is null where the credential was never used, or tracking is off. */
export function credentialBean(
  place: StorePlace,
  usage: UsageTracking,
  entry: DomainEntry,
  credential: Credential,
): Bean {
  const fingerprint = () => {
    const used = usage.read(credential)
    return used === undefined ? null : fingerprintBean(used)
  }
  return {
    fields: {
      description: description(credential),
      displayName: displayName(credential),
      fingerprint,
      fullName: `${place.fullName}/${domainName(entry) ?? '_'}/${credential.id}`,
      id: credential.id,
      typeName: typeName(credential),
    },
  }
}

/** Facets, which hold the scans, are not exported. The end of a range is exclusive. */
function fingerprintBean({ fileName, hash, timestamp, uses }: Usage): Bean {
  const usage = uses.map(({ name, ranges }) => ({
    fields: { name, ranges: { fields: { ranges: ranges.map(({ start, end }) => ({ fields: { end, start } })) } } },
  }))
  return { _class: 'hudson.model.Fingerprint', fields: { fileName, hash, original: null, timestamp, usage } }
}
