import { type Credential, readCredential, redacted } from '../credential.ts'
import {
  addCredential,
  addDomain,
  DOMAIN,
  type DomainEntry,
  findCredential,
  findDomain,
  removeCredential,
  removeDomain,
  replaceCredential,
} from '../credential-store.ts'
import {
  CREDENTIALS_CREATE,
  CREDENTIALS_DELETE,
  CREDENTIALS_MANAGE_DOMAINS,
  CREDENTIALS_UPDATE,
  CREDENTIALS_VIEW,
  ITEM_CONFIGURE,
} from '../permissions.ts'
import { withPluginAttributes } from '../plugins.ts'
import { parseXml, writeXml, type XmlElement } from '../xml-element.ts'
import { credentialOfCreationForm, credentialOfUpdateForm, updateForm } from './credential-form.ts'
import { type Exchange, formOf, type Reply, xmlBody } from './exchange.ts'
import { exportJson } from './export-bean.ts'
import { emptyReply, failure, jsonReply, notFound, page, postRequired, redirect, reply } from './replies.ts'
import { credentialBean, domainBean, storeBean } from './store-beans.ts'
import type { StorePlace } from './store-place.ts'

/** `<context>/credentials/...`; credentials plugin, ViewCredentialsAction and CredentialsStoreAction. */
export function credentialsRoutes(exchange: Exchange, place: StorePlace | undefined): Reply {
  if (place === undefined || !exchange.visitor.can(CREDENTIALS_VIEW)) return notFound()
  const [first, second, ...rest] = exchange.rest
  if (first === 'api' && second === 'json') {
    const action = 'com.cloudbees.plugins.credentials.ViewCredentialsAction'
    const _class = place.urlName === 'system' ? `${action}$RootActionImpl` : action
    const stores = { entries: { [place.urlName]: storeBean(place, exchange.usage) } }
    return jsonReply(exportJson({ _class, fields: { stores } }, exchange.query))
  }
  if (first !== 'store' || second !== place.urlName) return notFound()
  return storeRoutes({ ...exchange, rest }, place)
}

function storeRoutes(exchange: Exchange, place: StorePlace): Reply {
  const [first, second = '', ...rest] = exchange.rest
  if (first === 'api' && second === 'json')
    return jsonReply(exportJson(storeBean(place, exchange.usage), exchange.query))
  if (first === 'createDomain') return createDomain(exchange, place)
  const entry = first === 'domain' ? findDomain(place.store, second) : undefined
  return entry === undefined ? notFound() : domainRoutes({ ...exchange, rest }, place, entry)
}

function createDomain(exchange: Exchange, place: StorePlace): Reply {
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(CREDENTIALS_MANAGE_DOMAINS)
  const domain = readDomain(xmlBody(exchange))
  if (!addDomain(place.store, domain)) return page(409, 'Error', 'Domain already exists')
  place.save()
  return emptyReply()
}

function readDomain(body: string): XmlElement {
  const domain = parseXml(body)
  if (domain.name !== DOMAIN) throw new Error(`CannotResolveClassException: ${domain.name}`)
  return { name: domain.name, attributes: {}, children: domain.children }
}

function domainRoutes(exchange: Exchange, place: StorePlace, entry: DomainEntry): Reply {
  const [first, second = '', ...rest] = exchange.rest
  if (first === 'api' && second === 'json')
    return jsonReply(exportJson(domainBean(place, exchange.usage, entry), exchange.query))
  if (first === 'config.xml') return domainConfig(exchange, place, entry)
  if (first === 'createCredentials') return createCredentials(exchange, place, entry)
  if (first !== 'credential' && first !== 'credentials') return notFound()
  const credential = findCredential(entry, second)
  return credential === undefined ? notFound() : credentialRoutes({ ...exchange, rest }, place, entry, credential)
}

/** Read access needs ManageDomains as well. A DELETE on the global domain is accepted: the real trap. */
function domainConfig(exchange: Exchange, place: StorePlace, entry: DomainEntry): Reply {
  exchange.visitor.require(CREDENTIALS_MANAGE_DOMAINS)
  switch (exchange.method) {
    case 'GET':
      return xmlReply(exchange, entry.domain)
    case 'POST':
      entry.domain = readDomain(xmlBody(exchange))
      break
    case 'DELETE':
      removeDomain(place.store, entry)
      break
    default:
      return failure('unsupported method')
  }
  place.save()
  return emptyReply()
}

function createCredentials(exchange: Exchange, place: StorePlace, entry: DomainEntry): Reply {
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(CREDENTIALS_CREATE)
  const type = exchange.headers['content-type']
  if (type === undefined) return failure('No Content-Type header set')
  if (!/^(application|text)\/xml/.test(type)) return createFromForm(exchange, place, entry)
  const credential = readOrThrow(exchange, parseXml(xmlBody(exchange)))
  if (!addCredential(entry, credential)) return page(409, 'Error', 'Credentials already exist')
  place.save()
  return emptyReply()
}

/** The form redirects also when the id exists; JSON is asked for with `Accept` (credentials plugin 1488 and newer). */
function createFromForm(exchange: Exchange, place: StorePlace, entry: DomainEntry): Reply {
  const json = formOf(exchange).get('json')
  if (json === null) return failure('This page expects a form submission')
  const added = addCredential(entry, readOrThrow(exchange, credentialOfCreationForm(json)))
  if (added) place.save()
  if (!(exchange.headers.accept ?? '').includes('application/json')) return redirect('../../domain/_')
  const data = added
    ? { message: 'Credentials created', notificationType: 'SUCCESS' }
    : { message: 'Credentials with specified ID already exist', notificationType: 'ERROR' }
  return jsonReply({ status: 'ok', data })
}

function credentialRoutes(exchange: Exchange, place: StorePlace, entry: DomainEntry, credential: Credential): Reply {
  const [first, second] = exchange.rest
  switch (first) {
    case 'api':
      if (second !== 'json') return notFound()
      return jsonReply(exportJson(credentialBean(place, exchange.usage, entry, credential), exchange.query))
    case 'config.xml':
      return credentialConfig(exchange, place, entry, credential)
    case 'update':
      exchange.visitor.require(CREDENTIALS_UPDATE)
      return updateForm(credential.element, place.item === undefined || exchange.visitor.can(ITEM_CONFIGURE))
    case 'updateSubmit':
      return updateSubmit(exchange, place, entry, credential)
    case 'doDelete':
      if (exchange.method !== 'POST') return postRequired()
      deleteCredential(exchange, place, entry, credential)
      return redirect('../..')
    default:
      return notFound()
  }
}

function credentialConfig(exchange: Exchange, place: StorePlace, entry: DomainEntry, credential: Credential): Reply {
  switch (exchange.method) {
    case 'GET':
      return xmlReply(exchange, redacted(credential))
    case 'POST':
      exchange.visitor.require(CREDENTIALS_UPDATE)
      update(exchange, place, entry, credential, parseXml(xmlBody(exchange)))
      return emptyReply()
    case 'DELETE':
      deleteCredential(exchange, place, entry, credential)
      return emptyReply()
    default:
      return failure('unsupported method')
  }
}

function updateSubmit(exchange: Exchange, place: StorePlace, entry: DomainEntry, credential: Credential): Reply {
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(CREDENTIALS_UPDATE)
  const json = formOf(exchange).get('json')
  if (json === null) return failure('This page expects a form submission')
  update(exchange, place, entry, credential, credentialOfUpdateForm(json))
  return redirect(`../../credential/${encodeURIComponent(credential.id)}`)
}

function update(
  exchange: Exchange,
  place: StorePlace,
  entry: DomainEntry,
  credential: Credential,
  source: XmlElement,
): void {
  const next = readOrThrow(exchange, source)
  if (next.id !== credential.id) throw new Error("Credentials' IDs do not match, will not update.")
  replaceCredential(entry, next)
  place.save()
}

function deleteCredential(exchange: Exchange, place: StorePlace, entry: DomainEntry, credential: Credential): void {
  exchange.visitor.require(CREDENTIALS_DELETE)
  removeCredential(entry, credential.id)
  place.save()
}

function readOrThrow(exchange: Exchange, source: XmlElement): Credential {
  const credential = readCredential(source, exchange.controller.cipher)
  if (credential === undefined) throw new Error(`CannotResolveClassException: ${source.name}`)
  // The writer refuses some characters; found out here, nothing has changed in memory yet.
  writeXml(credential.element)
  return credential
}

/** No prolog, no charset, ISO-8859-1: what is above U+00FF becomes a question mark. */
function xmlReply(exchange: Exchange, root: XmlElement): Reply {
  const text = writeXml(withPluginAttributes(root, exchange.controller.plugins))
  return reply(200, 'application/xml', Buffer.from(text.replace(/[^\u0000-\u00ff]/g, '?'), 'latin1'))
}
