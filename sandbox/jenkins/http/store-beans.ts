import { type Credential, description, displayName, typeName } from '../credential.ts'
import { type DomainEntry, domainName } from '../credential-store.ts'
import { childText } from '../xml-element.ts'
import type { Bean } from './export-bean.ts'
import type { StorePlace } from './store-place.ts'

const WRAPPER = 'com.cloudbees.plugins.credentials.CredentialsStoreAction$DomainWrapper'

export function storeBean(place: StorePlace): Bean {
  const entries = place.store.domains.map((each) => [domainName(each) ?? '_', domainBean(place, each)] as const)
  return { _class: place._class, fields: { domains: { entries: Object.fromEntries(entries) } } }
}

export function domainBean(place: StorePlace, entry: DomainEntry): Bean {
  const name = domainName(entry)
  return {
    _class: WRAPPER,
    fields: {
      credentials: entry.credentials.map((each) => credentialBean(place, entry, each)),
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

/** Usage tracking is not played: `fingerprint` is null, as where tracking is off. */
export function credentialBean(place: StorePlace, entry: DomainEntry, credential: Credential): Bean {
  return {
    fields: {
      description: description(credential),
      displayName: displayName(credential),
      fingerprint: null,
      fullName: `${place.fullName}/${domainName(entry) ?? '_'}/${credential.id}`,
      id: credential.id,
      typeName: typeName(credential),
    },
  }
}
