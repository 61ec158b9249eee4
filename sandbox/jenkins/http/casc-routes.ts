import { cascExport } from '../casc/casc-credentials.ts'
import { ADMINISTER, SYSTEM_READ } from '../permissions.ts'
import { CASC } from '../plugin-version.ts'
import type { Exchange, Reply } from './exchange.ts'
import { notFound, page, postRequired, redirect, reply } from './replies.ts'
import type { Site } from './site.ts'

/** `/configuration-as-code/...`, present when the plugin is (ConfigurationAsCode, a management link). */
export function cascRoutes(exchange: Exchange, site: Site): Reply {
  if (!exchange.controller.plugins.has(CASC)) return notFound()
  const [action] = exchange.rest
  if (action === undefined) {
    exchange.visitor.require(SYSTEM_READ)
    return page(200, 'Configuration as Code')
  }
  if (action !== 'export' && action !== 'viewExport' && action !== 'reload') return notFound()
  if (exchange.method !== 'POST') return postRequired()
  if (action === 'reload') return reload(exchange, site)
  exchange.visitor.require(SYSTEM_READ)
  const yaml = cascExport(exchange.controller.system, undefined)
  if (action === 'viewExport') return page(200, 'Export', yaml)
  const type = 'application/x-yaml; charset=utf-8'
  return {
    ...reply(200, type, yaml),
    headers: { 'content-type': type, 'content-disposition': 'attachment; filename=jenkins.yaml' },
  }
}

function reload(exchange: Exchange, site: Site): Reply {
  exchange.visitor.require(ADMINISTER)
  site.applyCasc()
  return redirect('.')
}
