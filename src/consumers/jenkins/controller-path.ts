import { Failure } from '../../model/failure.ts'
import type { JenkinsAddress, Store } from './address.ts'

/**
 * Path below the base URL of a controller. Every name in it was checked: a URL that lost its `/credential/<id>` part
 * addresses the whole domain, and a DELETE or POST there acts on every credential in it
 * (credentials-plugin, CredentialsStoreAction.doConfigDotXml).
 */
export type ControllerPath = `/${string}`

export function itemPath(fullName: string): ControllerPath {
  return fullName === '' ? '/' : `/${fullName.split('/').map(jobSegment).join('/')}`
}

/** A page of an item, or of the controller itself when there is no item. */
export function pageOf(item: string | undefined, page: string): ControllerPath {
  return item === undefined || item === '' ? `/${page}` : `${itemPath(item)}/${page}`
}

export function storePath(store: Store): ControllerPath {
  switch (store.kind) {
    case 'system':
      return '/credentials/store/system'
    case 'folder':
      return pageOf(store.folder, 'credentials/store/folder')
    case 'user':
      return `/user/${segment(store.user)}/credentials/store/user`
    case 'provider':
      return `/credentials/store/${segment(store.name)}`
  }
}

export function domainPath(store: Store, domain: string): ControllerPath {
  return `${storePath(store)}/domain/${segment(domain)}`
}

export function credentialPath(store: Store, domain: string, id: string): ControllerPath {
  return `${domainPath(store, domain)}/credential/${segment(id)}`
}

/** The page that stands for a place: what `Place.at` names. */
export function placePath(address: JenkinsAddress): ControllerPath {
  if (address.kind === 'credential') return credentialPath(address.store, address.domain, address.id)
  return itemPath(address.item)
}

function jobSegment(name: string): string {
  return `job/${segment(name)}`
}

/** Dot segments would be resolved away by every URL parser; encoded slashes are resolved by some proxies. */
function segment(name: string): string {
  if (/^\.{0,2}$|[/\\\u0000-\u001f\u007f]|\p{Surrogate}/u.test(name)) {
    throw new Failure('R112', {
      at: JSON.stringify(name),
      because: 'a name in this address cannot be part of a Jenkins URL',
      state: 'Nothing was changed.',
    })
  }
  return encodeURIComponent(name)
}
