import { Failure } from '../../model/failure.ts'

/** Id of this consumer; written into plans. */
export const JENKINS = 'jenkins'

/**
 * Where a controller keeps credentials. Folder: full name of the folder, multibranch project or organization folder. User: shown to
 * nobody else, and used by builds of that user alone. Provider: a store that a plugin fills from elsewhere, by its name in URLs.
 */
export type Store =
  | { readonly kind: 'system' }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'provider'; readonly name: string }

/** Which of the references of an item: those that plain git signs in with, or those of a Bitbucket Branch Source. */
export type ReferenceGroup = 'git' | 'branch-source'

/** What an address of this consumer means. `domain` `_` is the global one; `remote` counts the job's remotes from 1. */
export type JenkinsAddress =
  | { readonly kind: 'credential'; readonly store: Store; readonly domain: string; readonly id: string }
  | { readonly kind: 'job url'; readonly item: string; readonly remote: number }
  | { readonly kind: 'job credentials'; readonly item: string; readonly group: ReferenceGroup }

export function formatAddress(address: JenkinsAddress): string {
  if (address.kind === 'job url') {
    return `job/${addressPath(address.item)}/url${address.remote === 1 ? '' : `#${address.remote}`}`
  }
  if (address.kind === 'job credentials') return `job/${addressPath(address.item)}/credentials/${address.group}`
  const tail = `${addressPart(address.domain)}/${addressPart(address.id)}`
  const { store } = address
  if (store.kind === 'system') return `system/${tail}`
  if (store.kind === 'folder') return `folder/${addressPath(store.folder)}/${tail}`
  return `${store.kind}/${addressPart(store.kind === 'user' ? store.user : store.name)}/${tail}`
}

export function parseAddress(text: string): JenkinsAddress {
  const [kind, ...parts] = text.split('/').map((part, index) => (index === 0 ? part : decoded(part, text)))
  const address = kind === 'job' ? jobAddress(parts) : credentialAddress(kind, parts)
  if (address === undefined) throw unusable(text)
  return address
}

function jobAddress(parts: readonly string[]): JenkinsAddress | undefined {
  const last = parts.at(-1) ?? ''
  const remote = /^url(?:#([1-9]\d{0,3}))?$/.exec(last)
  if (remote !== null && parts.length > 1) {
    return { kind: 'job url', item: parts.slice(0, -1).join('/'), remote: Number(remote[1] ?? 1) }
  }
  const isGroup = (last === 'git' || last === 'branch-source') && parts.at(-2) === 'credentials' && parts.length > 2
  return isGroup ? { kind: 'job credentials', item: parts.slice(0, -2).join('/'), group: last } : undefined
}

function credentialAddress(kind: string | undefined, parts: readonly string[]): JenkinsAddress | undefined {
  const [domain, id] = parts.slice(-2)
  const names = parts.slice(0, -2)
  const store = storeOf(kind, names)
  if (store === undefined || domain === undefined || id === undefined) return undefined
  return { kind: 'credential', store, domain, id }
}

function storeOf(kind: string | undefined, names: readonly string[]): Store | undefined {
  const [first, ...others] = names
  if (kind === 'system') return first === undefined ? { kind: 'system' } : undefined
  if (first === undefined) return undefined
  if (kind === 'folder') return { kind: 'folder', folder: names.join('/') }
  if (others.length > 0) return undefined
  if (kind === 'user') return { kind: 'user', user: first }
  return kind === 'provider' ? { kind: 'provider', name: first } : undefined
}

/** The words people use for a store: `system`, `folder team`. */
export function storeName(store: Store): string {
  switch (store.kind) {
    case 'system':
      return 'system'
    case 'folder':
      return `folder ${store.folder}`
    case 'user':
      return `user ${store.user}`
    case 'provider':
      return `store ${store.name}`
  }
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
