import { randomBytes } from 'node:crypto'
import { findItem } from '../controller.ts'
import { ITEM_READ, MANAGE, OVERALL_READ, SYSTEM_READ } from '../permissions.ts'
import { cascRoutes } from './casc-routes.ts'
import { descriptorRoutes } from './descriptor-routes.ts'
import type { Exchange, Reply } from './exchange.ts'
import { type Bean, exportJson } from './export-bean.ts'
import { queueBean, rootBean } from './item-beans.ts'
import { createItem, itemRoutes } from './item-routes.ts'
import { HTML, jsonReply, notFound, page, postRequired, redirect, reply, textReply } from './replies.ts'
import { scriptText } from './script-console.ts'
import type { Site } from './site.ts'
import { systemPlace, userPlace } from './store-place.ts'
import { credentialsRoutes } from './store-routes.ts'
import { crumbFor, sessionIdOf } from './visitor.ts'

/** Everything below `/`. Throws AccessDenied where a permission is missing. */
export async function rootRoutes(exchange: Exchange, site: Site): Promise<Reply> {
  const [first = '', ...rest] = exchange.rest
  const inside: Exchange = { ...exchange, rest }
  if (first === 'login') return reply(200, HTML, '<html><head><title>Sign in - Jenkins</title></head></html>')
  if (first === 'whoAmI' && rest.join('/') === 'api/json') return whoAmI(exchange)
  exchange.visitor.require(OVERALL_READ)
  switch (first) {
    case '':
      return page(200, 'Dashboard')
    case 'manage':
      return rootRoutes(inside, site)
    case 'api':
      return rest.join('/') === 'json' ? jsonReply(exportJson(jenkinsBean(exchange, site), exchange.query)) : notFound()
    case 'crumbIssuer':
      return crumb(inside)
    case 'job':
      return exchange.visitor.can(ITEM_READ) ? itemRoutes(inside, site, exchange.controller.items) : notFound()
    case 'credentials':
      return credentialsRoutes(inside, systemPlace(exchange.controller))
    case 'user':
      return userRoutes(inside)
    case 'descriptorByName':
      return descriptorRoutes(inside, site, undefined)
    case 'createItem':
      return createItem(exchange, undefined)
    case 'queue':
      return queueRoutes(inside, site)
    case 'pluginManager':
      return pluginManager(inside)
    case 'configuration-as-code':
      return cascRoutes(inside, site)
    case 'scriptText':
      return scriptText(inside, site.scriptConsole)
    case 'computer':
      return computerRoutes(inside, site)
    default:
      return maintenance(exchange, site, first)
  }
}

/** Items without Read are left out without a word, so that an empty list proves nothing. */
function jenkinsBean(exchange: Exchange, site: Site): Bean {
  const items = exchange.visitor.can(ITEM_READ) ? exchange.controller.items : []
  return rootBean(items, { base: exchange.base, queue: site.queue })
}

function whoAmI(exchange: Exchange): Reply {
  const { name } = exchange.visitor
  const anonymous = name === 'anonymous'
  const fields = {
    anonymous,
    authenticated: !anonymous,
    authorities: anonymous ? ['anonymous'] : ['authenticated'],
    name,
  }
  return jsonReply(exportJson({ _class: 'hudson.security.WhoAmI', fields }, exchange.query))
}

function crumb(exchange: Exchange): Reply {
  const { controller, visitor } = exchange
  const known = sessionIdOf(exchange.headers)
  const sessionId = known ?? randomBytes(16).toString('hex')
  const value = crumbFor(controller, visitor.name, sessionId)
  const cookie: Record<string, string> =
    known === undefined ? { 'set-cookie': `JSESSIONID.${controller.session}=${sessionId}; Path=/; HttpOnly` } : {}
  if (exchange.rest.join('/') === 'api/xml' && exchange.query.has('xpath')) {
    return textReply(`Jenkins-Crumb:${value}`, cookie)
  }
  if (exchange.rest.join('/') !== 'api/json') return notFound()
  const fields = { crumb: value, crumbRequestField: 'Jenkins-Crumb' }
  const json = jsonReply(exportJson({ _class: 'hudson.security.csrf.DefaultCrumbIssuer', fields }, exchange.query))
  return { ...json, headers: { ...json.headers, ...cookie } }
}

function userRoutes(exchange: Exchange): Reply {
  const [id = '', second, ...rest] = exchange.rest
  if (second !== 'credentials') return notFound()
  return credentialsRoutes({ ...exchange, rest }, userPlace(exchange.controller, id, exchange.visitor.name))
}

function queueRoutes(exchange: Exchange, site: Site): Reply {
  const [first, id, ...rest] = exchange.rest
  const queued = first === 'item' ? site.queue.find(Number(id)) : undefined
  const item = queued === undefined ? undefined : findItem(exchange.controller, queued.fullName)
  if (queued === undefined || item === undefined || rest.join('/') !== 'api/json') return notFound()
  return jsonReply(exportJson(queueBean(queued, item, { base: exchange.base, queue: site.queue }), exchange.query))
}

function pluginManager(exchange: Exchange): Reply {
  exchange.visitor.require(SYSTEM_READ)
  if (exchange.rest.join('/') !== 'api/json') return notFound()
  const plugins = [...exchange.controller.plugins].map(([shortName, version]) => ({
    fields: { active: true, enabled: true, longName: shortName, shortName, version },
  }))
  return jsonReply(exportJson({ _class: 'hudson.LocalPluginManager', fields: { plugins } }, exchange.query))
}

/** The controller is its own and only node. */
function computerRoutes(exchange: Exchange, site: Site): Reply {
  const [node = '', action] = exchange.rest
  const isKnown = ['(built-in)', '(master)'].includes(node)
  return isKnown && action === 'scriptText' ? scriptText(exchange, site.scriptConsole) : notFound()
}

function maintenance(exchange: Exchange, site: Site, action: string): Reply {
  if (!['reload', 'safeRestart', 'restart'].includes(action)) return notFound()
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(MANAGE)
  site.beginRestart(action === 'reload' ? 'configuration' : 'everything')
  return redirect(action === 'reload' ? `${site.contextPath}/` : '.')
}
