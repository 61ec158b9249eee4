import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Controller, findItem, findUser, grantPermissions, saveUserStore } from './controller.ts'
import { readCredential } from './credential.ts'
import { addCredential, addDomain, DOMAIN, findDomain } from './credential-store.ts'
import { folderPlace, type StorePlace, systemPlace, userPlace } from './http/store-place.ts'
import { folderConfig } from './item-config.ts'
import { childrenFolder, type Item, kindOfRoot, readItem } from './item-tree.ts'
import { withPluginAttributes } from './plugins.ts'
import type { Randomness } from './randomness.ts'
import { newUser } from './user-directory.ts'
import { element, type XmlElement } from './xml-element.ts'
import { writeXmlFile } from './xml-file.ts'

/** How a test or a demo furnishes a controller without going through HTTP. Each function saves what it changes. */

export type StoreAddress = 'system' | { readonly folder: string } | { readonly user: string }

export function putUser(
  controller: Controller,
  random: Randomness,
  given: { readonly id: string; readonly password: string; readonly permissions: readonly string[] },
): { readonly apiToken: string } {
  const apiToken = `11${random.hex(32)}`
  const user = newUser(controller.home, given.id, given.password, apiToken, random.bytes(16))
  controller.users = [...controller.users.filter((each) => each.id !== given.id), user]
  saveUserStore(controller, user)
  grantPermissions(controller, given.id, given.permissions)
  return { apiToken }
}

/** Patterns as the form takes them: several with commas between. */
export interface DomainSpecifications {
  readonly hostnames?: string
  readonly schemes?: string
  readonly paths?: string
}

function specificationElements({ hostnames, schemes, paths }: DomainSpecifications): readonly XmlElement[] {
  const one = (kind: string, field: string, value: string | undefined) =>
    value === undefined ? [] : [element(`com.cloudbees.plugins.credentials.domains.${kind}`, [element(field, value)])]
  return [
    ...one('HostnameSpecification', 'includes', hostnames),
    ...one('SchemeSpecification', 'schemes', schemes),
    ...one('PathSpecification', 'includes', paths),
  ]
}

/** A domain that does not exist is made, with these specifications. Throws when the id is taken. */
export function putCredential(
  controller: Controller,
  address: StoreAddress,
  source: XmlElement,
  domain?: string,
  specifications: DomainSpecifications = {},
): void {
  const place = placeOf(controller, address)
  if (domain !== undefined && findDomain(place.store, domain) === undefined) {
    const given = element('specifications', specificationElements(specifications))
    addDomain(place.store, element(DOMAIN, [element('name', domain), given]))
  }
  const entry = findDomain(place.store, domain ?? '_')
  const credential = readCredential(source, controller.cipher)
  if (entry === undefined || credential === undefined || !addCredential(entry, credential)) {
    throw new Error(`credential ${credential?.id} cannot be added: the id is taken`)
  }
  place.save()
}

function placeOf(controller: Controller, address: StoreAddress): StorePlace {
  if (address === 'system') return systemPlace(controller)
  if ('folder' in address) {
    const item = findItem(controller, address.folder)
    const place = item === undefined ? undefined : folderPlace(controller, item)
    if (place === undefined) throw new Error(`there is no folder ${address.folder}`)
    return place
  }
  const id = findUser(controller, address.user)?.id ?? address.user
  const place = userPlace(controller, id, id)
  if (place === undefined) throw new Error(`there is no user ${address.user}`)
  return place
}

/** Missing folders on the way are made. An item that exists is replaced. */
export function putItem(controller: Controller, fullName: string, config: XmlElement): void {
  if (kindOfRoot(config) === undefined) throw new Error(`${config.name} is no known kind of item`)
  const at = fullName.lastIndexOf('/')
  const parent = at < 0 ? undefined : folderFor(controller, fullName.slice(0, at))
  const name = fullName.slice(at + 1)
  const siblings = parent === undefined ? controller.items : parent.children
  const folder = join(parent === undefined ? join(controller.home, 'jobs') : childrenFolder(parent), name)
  mkdirSync(folder, { recursive: true })
  writeXmlFile(join(folder, 'config.xml'), withPluginAttributes(config, controller.plugins))
  const item = readItem(folder, name, parent, controller.cipher)
  if (item === undefined) throw new Error(`${fullName} cannot be read back`)
  const known = siblings.findIndex((each) => each.name === name)
  siblings.splice(known < 0 ? siblings.length : known, known < 0 ? 0 : 1, item)
}

function folderFor(controller: Controller, fullName: string): Item {
  if (findItem(controller, fullName) === undefined) putItem(controller, fullName, folderConfig())
  const found = findItem(controller, fullName)
  if (found === undefined) throw new Error(`there is no folder ${fullName}`)
  return found
}
