import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodedName } from '../branch-source/child-name.ts'
import { scanLogFile } from '../branch-source/scan-log.ts'
import { branchOf } from '../branch-source/source-config.ts'
import { byUser, readLog, readResult } from '../build.ts'
import { readText } from '../controller.ts'
import { putItem } from '../furnish.ts'
import { type Item, isFolder, itemConfig, kindOfRoot, readItem, saveItem, setRoot } from '../item-tree.ts'
import {
  AccessDenied,
  ITEM_BUILD,
  ITEM_CONFIGURE,
  ITEM_CREATE,
  ITEM_DELETE,
  ITEM_EXTENDED_READ,
} from '../permissions.ts'
import { PROLOG_OF_ITEM, parseXml, writeXml, type XmlElement } from '../xml-element.ts'
import { descriptorRoutes } from './descriptor-routes.ts'
import { type Exchange, type Reply, xmlBody } from './exchange.ts'
import { exportJson } from './export-bean.ts'
import { type BeanContext, buildBean, buildNumbers, isBuildable, itemBean } from './item-beans.ts'
import { emptyReply, failure, jsonReply, notFound, page, postRequired, redirect, reply, textReply } from './replies.ts'
import type { Site } from './site.ts'
import { folderPlace } from './store-place.ts'
import { credentialsRoutes } from './store-routes.ts'

/** `/job/<name>/...`, nested. */
export async function itemRoutes(exchange: Exchange, site: Site, siblings: readonly Item[]): Promise<Reply> {
  const [name = '', ...rest] = exchange.rest
  // A branch is found by its raw name as well (MultiBranchProject.getItem).
  const item = siblings.find((each) => each.name === name) ?? siblings.find((each) => each.name === encodedName(name))
  if (item === undefined) return notFound()
  const inside = { ...exchange, rest }
  const [first] = rest
  if (first === 'job') return itemRoutes({ ...exchange, rest: rest.slice(1) }, site, item.children)
  if (first === 'credentials') {
    return credentialsRoutes({ ...exchange, rest: rest.slice(1) }, folderPlace(exchange.controller, item))
  }
  if (first === 'descriptorByName') return descriptorRoutes({ ...exchange, rest: rest.slice(1) }, site, item)
  return ownRoutes(inside, site, item)
}

function ownRoutes(exchange: Exchange, site: Site, item: Item): Reply {
  const [first, second] = exchange.rest
  const context: BeanContext = { base: exchange.base, queue: site.queue }
  if (first === 'api' && second === 'json') return jsonReply(exportJson(itemBean(item, context), exchange.query))
  if (first === 'config.xml') return itemConfigRoute(exchange, item)
  if (first === 'reload') return reloadItem(exchange, item)
  if (first === undefined || first === 'doDelete') return deleteItem(exchange, site, item)
  if (first === 'createItem') return createItem(exchange, item)
  if (isScanned(item) && (first === 'computation' || (first === 'indexing' && item.kind === 'multibranch'))) {
    return scanLogRoutes({ ...exchange, rest: exchange.rest.slice(1) }, item)
  }
  if (first === 'build' || first === 'buildWithParameters') return startBuild(exchange, site, item)
  const number = first === 'lastBuild' ? buildNumbers(item)[0] : Number(first)
  if (isFolder(item.kind) || number === undefined || !buildNumbers(item).includes(number)) return notFound()
  return buildRoutes({ ...exchange, rest: exchange.rest.slice(1) }, site, item, number)
}

function itemConfigRoute(exchange: Exchange, item: Item): Reply {
  const { controller, visitor } = exchange
  if (exchange.method === 'GET') {
    visitor.require(ITEM_EXTENDED_READ)
    const whole = itemConfig(item, controller.plugins)
    const shown = visitor.can(ITEM_CONFIGURE) ? whole : masked(whole)
    return reply(200, 'application/xml', PROLOG_OF_ITEM + writeXml(shown))
  }
  if (exchange.method !== 'POST') return page(400, 'Error', 'unsupported method')
  requireOn(exchange, item, ITEM_CONFIGURE)
  const root = parseXml(xmlBody(exchange))
  if (kindOfRoot(root) !== item.kind) throw new Error(`Expecting ${item.root.name} but got ${root.name} instead`)
  setRoot(item, root, controller.cipher)
  saveItem(item, controller.plugins)
  return emptyReply()
}

/** With ExtendedRead alone every encrypted value is replaced (core Item.EXTENDED_READ, Secret.HistoricalSecrets pattern). */
function masked(each: XmlElement): XmlElement {
  const children = each.children.map(masked)
  return each.text !== undefined && /^\{[A-Za-z0-9+/]+={0,2}\}$/.test(each.text)
    ? { ...each, children, text: '********' }
    : { ...each, children }
}

/** `POST createItem?name=N`: the body is read as bytes, so that UTF-8 is UTF-8 here. `parent` is absent at the root. */
export function createItem(exchange: Exchange, parent: Item | undefined): Reply {
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(ITEM_CREATE)
  const name = exchange.query.get('name') ?? ''
  const siblings = parent === undefined ? exchange.controller.items : parent.children
  if (!/^[^/\\?*%!@#$^&|<>[\]:;]+$/.test(name) || /^\.+$/.test(name)) return failure('No name is specified')
  if (siblings.some((each) => each.name === name)) return failure(`A job already exists with the name ‘${name}’`)
  const fullName = parent === undefined ? name : `${parent.fullName}/${name}`
  putItem(exchange.controller, fullName, parseXml(exchange.body.toString('utf8')))
  return emptyReply()
}

/** `POST doDelete` redirects, `DELETE` on the item itself is 204. */
function deleteItem(exchange: Exchange, site: Site, item: Item): Reply {
  const isForm = exchange.rest[0] === 'doDelete'
  if (isForm && exchange.method !== 'POST') return postRequired()
  if (!isForm && exchange.method !== 'DELETE') return page(200, item.name)
  requireOn(exchange, item, ITEM_DELETE)
  const siblings = item.parent === undefined ? exchange.controller.items : item.parent.children
  siblings.splice(siblings.indexOf(item), 1)
  rmSync(item.folder, { recursive: true, force: true })
  site.queue.forget(item.fullName)
  return isForm ? redirect('..') : emptyReply(204)
}

/** Reads this item's `config.xml` again, folder credentials included. */
function reloadItem(exchange: Exchange, item: Item): Reply {
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(ITEM_CONFIGURE)
  const fresh = readItem(item.folder, item.name, item.parent, exchange.controller.cipher)
  if (fresh === undefined) throw new Error(`Unable to read ${join(item.folder, 'config.xml')}`)
  item.root = fresh.root
  item.store = fresh.store
  item.children.splice(0, item.children.length, ...fresh.children)
  return redirect('.')
}

function startBuild(exchange: Exchange, site: Site, item: Item): Reply {
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(ITEM_BUILD)
  if (isScanned(item)) {
    void site.scans.add(item, byUser(exchange.visitor.name).line).catch(() => undefined)
    return redirect('.')
  }
  if (item.kind === 'folder') return notFound()
  if (!isBuildable(item)) return page(409, 'Error', `${item.name} is not buildable`)
  // A job with parameters wants a form, or `buildWithParameters`, which takes their defaults (core, ParametersDefinitionProperty).
  if (exchange.rest[0] === 'build' && hasParameters(item)) return page(400, 'Error', 'This build requires parameters')
  const queued = site.queue.add(exchange.controller, item, byUser(exchange.visitor.name))
  return { ...emptyReply(201), headers: { location: `${exchange.base}/queue/item/${queued.id}/` } }
}

function hasParameters({ root }: Item): boolean {
  const properties = root.children.find(({ name }) => name === 'properties')
  return properties?.children.some(({ name }) => name === 'hudson.model.ParametersDefinitionProperty') === true
}

function buildRoutes(exchange: Exchange, site: Site, item: Item, number: number): Reply {
  const [first, second] = exchange.rest
  const context: BeanContext = { base: exchange.base, queue: site.queue }
  if (first === 'api' && second === 'json') {
    return jsonReply(exportJson(buildBean(item, number, context), exchange.query))
  }
  const log = readLog(item, number) ?? ''
  if (first === 'consoleText') return textReply(log)
  if (first !== 'logText' || second !== 'progressiveText') return notFound()
  return progressiveText(exchange, log, readResult(item, number) === undefined)
}

function progressiveText(exchange: Exchange, log: string, more: boolean): Reply {
  const bytes = Buffer.from(log)
  const start = Math.min(Math.max(Number(exchange.query.get('start') ?? 0) || 0, 0), bytes.length)
  const size = { 'x-text-size': String(bytes.length) }
  return textReply(bytes.subarray(start).toString(), more ? { ...size, 'x-more-data': 'true' } : size)
}

function isScanned({ kind }: Item): boolean {
  return kind === 'multibranch' || kind === 'organization'
}

/** No `api/json` here (FolderComputation): a client waits for the last line. */
function scanLogRoutes(exchange: Exchange, item: Item): Reply {
  const log = readText(scanLogFile(item))
  const path = exchange.rest.join('/')
  if (path === 'consoleText') return textReply(log ?? `No such file: ${scanLogFile(item)}`)
  if (path !== 'logText/progressiveText') return notFound()
  return progressiveText(exchange, log ?? '', !/^Finished: \w+\n$/m.test(log ?? ''))
}

/** What a scan generates is configured and deleted by scans only (BranchJobProperty, MultiBranchProject.getACL). */
function requireOn(exchange: Exchange, item: Item, permission: string): void {
  const isGenerated = branchOf(item.root) !== undefined || item.parent?.kind === 'organization'
  if (isGenerated) throw new AccessDenied(permission)
  exchange.visitor.require(permission)
}
