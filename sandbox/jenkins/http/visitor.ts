import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { type Controller, findUser } from '../controller.ts'
import { AccessDenied, grants } from '../permissions.ts'
import { acceptsPassword, acceptsToken } from '../user-directory.ts'

export interface Visitor {
  readonly name: string
  readonly via: 'nothing' | 'password' | 'API token'
  can(permission: string): boolean
  /** Throws AccessDenied. */
  require(permission: string): void
}

/** Undefined: credentials were sent and are wrong, which is 401 on every path. */
export function visitorOf(controller: Controller, headers: IncomingHttpHeaders): Visitor | undefined {
  const authorization = headers.authorization
  if (authorization === undefined || !/^basic /i.test(authorization)) return visitor(controller, 'anonymous', 'nothing')
  const [, id = '', secret = ''] =
    /^([^:]*):([\s\S]*)$/.exec(Buffer.from(authorization.slice(6), 'base64').toString('utf8')) ?? []
  const user = findUser(controller, id)
  if (user === undefined) return undefined
  if (acceptsToken(user, secret)) return visitor(controller, user.id, 'API token')
  return acceptsPassword(user, secret) ? visitor(controller, user.id, 'password') : undefined
}

function visitor(controller: Controller, name: string, via: Visitor['via']): Visitor {
  const held = controller.permissions.get(name) ?? new Set<string>()
  return {
    name,
    via,
    can: (permission) => grants(held, permission),
    require(permission) {
      if (!grants(held, permission)) throw new AccessDenied(permission)
    },
  }
}

/** A crumb belongs to a user and a session (core 2.176.2, DefaultCrumbIssuer). */
export function crumbFor(controller: Controller, user: string, sessionId: string): string {
  return createHmac('sha256', controller.session).update(`${user};${sessionId}`).digest('hex')
}

export function sessionIdOf(headers: IncomingHttpHeaders): string | undefined {
  return /(?:^|;\s*)JSESSIONID\.[0-9a-f]{8}=([^;]+)/.exec(headers.cookie ?? '')?.[1]
}
