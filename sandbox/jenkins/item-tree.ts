import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CredentialStore, emptyStore, readStore, writeStore } from './credential-store.ts'
import { type Plugins, withPluginAttributes } from './plugins.ts'
import type { SecretCipher } from './secret-cipher.ts'
import { child, element, withChild, type XmlElement } from './xml-element.ts'
import { readXmlFile, writeXmlFile } from './xml-file.ts'

/** The root element of `config.xml` decides what an item is. */
const KINDS: Readonly<Record<string, ItemKind>> = {
  project: 'freestyle',
  'flow-definition': 'pipeline',
  'com.cloudbees.hudson.plugins.folder.Folder': 'folder',
  'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject': 'multibranch',
  'jenkins.branch.OrganizationFolder': 'organization',
}

export type ItemKind = 'freestyle' | 'pipeline' | 'folder' | 'multibranch' | 'organization'

export interface Item {
  readonly kind: ItemKind
  readonly name: string
  readonly fullName: string
  readonly folder: string
  readonly parent: Item | undefined
  readonly children: Item[]
  /** Without the credentials property, which `store` holds. */
  root: XmlElement
  /** Of folders, multibranch projects and organization folders. */
  store: CredentialStore | undefined
}

const CREDENTIALS_PROPERTY =
  'com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty'

export function kindOfRoot(root: XmlElement): ItemKind | undefined {
  return KINDS[root.name]
}

/** A directory without a readable `config.xml` is not an item. */
export function readItems(folder: string, parent: Item | undefined, cipher: SecretCipher): Item[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .flatMap((entry) => readItem(join(folder, entry), nameOf(join(folder, entry)) ?? entry, parent, cipher) ?? [])
}

/** Children of computed folders live in mangled folders; their name stands in a file (cloudbees-folder, ChildNameGenerator). */
export const NAME_FILE = 'name-utf8.txt'

function nameOf(folder: string): string | undefined {
  const file = join(folder, NAME_FILE)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function readItem(
  folder: string,
  name: string,
  parent: Item | undefined,
  cipher: SecretCipher,
): Item | undefined {
  const root = readRoot(join(folder, 'config.xml'))
  const kind = root === undefined ? undefined : kindOfRoot(root)
  if (root === undefined || kind === undefined) return undefined
  const fullName = parent === undefined ? name : `${parent.fullName}/${name}`
  const item: Item = { kind, name, fullName, folder, parent, children: [], root, store: undefined }
  setRoot(item, root, cipher)
  if (isFolder(kind)) item.children.push(...readItems(childrenFolder(item), item, cipher))
  return item
}

function readRoot(path: string): XmlElement | undefined {
  try {
    return readXmlFile(path)
  } catch {
    return undefined
  }
}

export function isFolder(kind: ItemKind): boolean {
  return kind === 'folder' || kind === 'multibranch' || kind === 'organization'
}

/** Branches of a multibranch project live in `branches/`, all other children in `jobs/`. */
export function childrenFolder(item: Item): string {
  return join(item.folder, item.kind === 'multibranch' ? 'branches' : 'jobs')
}

/** Takes a whole configuration: one without the credentials property empties the store. */
export function setRoot(item: Item, root: XmlElement, cipher: SecretCipher): void {
  const properties = child(root, 'properties')
  const stored = child(properties, CREDENTIALS_PROPERTY)
  item.root = properties === undefined ? root : withChild(root, 'properties', withoutStore(properties))
  if (isFolder(item.kind)) item.store = stored === undefined ? emptyStore() : readStore(stored, cipher)
}

function withoutStore(properties: XmlElement): XmlElement {
  const children = properties.children.filter((each) => each.name !== CREDENTIALS_PROPERTY)
  return { name: properties.name, attributes: properties.attributes, children }
}

/** The whole `config.xml`, the credentials property included when the folder holds any. */
export function itemConfig(item: Item, plugins: Plugins): XmlElement {
  if (item.store === undefined || item.store.domains.every((each) => isUntouched(each))) {
    return withPluginAttributes(item.root, plugins)
  }
  const properties = child(item.root, 'properties') ?? element('properties')
  const property = element(CREDENTIALS_PROPERTY, [writeStore(item.store)])
  const filled = withChild(properties, CREDENTIALS_PROPERTY, property)
  return withPluginAttributes(withChild(item.root, 'properties', filled), plugins)
}

function isUntouched(entry: { readonly domain: XmlElement; readonly credentials: readonly unknown[] }): boolean {
  return entry.credentials.length === 0 && child(entry.domain, 'name') === undefined
}

export function saveItem(item: Item, plugins: Plugins): void {
  writeXmlFile(join(item.folder, 'config.xml'), itemConfig(item, plugins))
}

export function allItems(items: readonly Item[]): readonly Item[] {
  return items.flatMap((each) => [each, ...allItems(each.children)])
}

/** From the item itself up to the outermost folder. */
export function ancestry(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item, ...ancestry(item.parent)]
}

export function itemPath(item: Item): string {
  return `/${ancestry(item)
    .toReversed()
    .map((each) => `job/${encodeURIComponent(each.name)}/`)
    .join('')}`
}
