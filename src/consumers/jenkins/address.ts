import { Failure } from '../../model/failure.ts'

/** Id of this consumer; written into plans. */
export const JENKINS = 'jenkins'

/** Where a controller keeps credentials. Folder: full name of the folder, multibranch project or organization folder. */
export type Store = { readonly kind: 'system' } | { readonly kind: 'folder'; readonly folder: string }

/** What an address of this consumer means. `domain` `_` is the global one; `remote` counts the job's remotes from 1. */
export type JenkinsAddress =
  | { readonly kind: 'credential'; readonly store: Store; readonly domain: string; readonly id: string }
  | { readonly kind: 'job url'; readonly item: string; readonly remote: number }

export function formatAddress(address: JenkinsAddress): string {
  if (address.kind === 'job url') {
    return `job/${addressPath(address.item)}/url${address.remote === 1 ? '' : `#${address.remote}`}`
  }
  const tail = `${addressPart(address.domain)}/${addressPart(address.id)}`
  return address.store.kind === 'system' ? `system/${tail}` : `folder/${addressPath(address.store.folder)}/${tail}`
}

export function parseAddress(text: string): JenkinsAddress {
  const [kind, ...parts] = text.split('/').map((part, index) => (index === 0 ? part : decoded(part, text)))
  const last = parts.pop()
  if (kind === 'job' && parts.length > 0) {
    const remote = /^url(?:#([1-9]\d{0,3}))?$/.exec(last ?? '')
    if (remote !== null) return { kind: 'job url', item: parts.join('/'), remote: Number(remote[1] ?? 1) }
  }
  const domain = parts.pop()
  if (last === undefined || domain === undefined) throw unusable(text)
  if (kind === 'system' && parts.length === 0) {
    return { kind: 'credential', store: { kind: 'system' }, domain, id: last }
  }
  if (kind === 'folder' && parts.length > 0) {
    return { kind: 'credential', store: { kind: 'folder', folder: parts.join('/') }, domain, id: last }
  }
  throw unusable(text)
}

/** The words people use for a store: `system`, `folder team`. */
export function storeName(store: Store): string {
  return store.kind === 'system' ? 'system' : `folder ${store.folder}`
}

/** A full name as part of an address, and of the demands that are matched with addresses: no white space. */
export function addressPath(fullName: string): string {
  return fullName.split('/').map(addressPart).join('/')
}

function addressPart(name: string): string {
  return name.replace(/[\s/%]/g, (character) => encodeURIComponent(character))
}

function decoded(part: string, whole: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw unusable(whole)
  }
}

function unusable(text: string): Failure {
  return new Failure('R112', {
    at: text,
    because: 'this is not an address of a Jenkins credential or job URL',
    state: 'Nothing was changed.',
  })
}
