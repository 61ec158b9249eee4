import { impliedBy } from '../permissions.ts'
import type { Reply } from './exchange.ts'

export const HTML = 'text/html;charset=utf-8'

export function reply(status: number, type: string, body: string | Buffer): Reply {
  return { status, headers: { 'content-type': type }, body }
}

export function emptyReply(status = 200): Reply {
  return { status, headers: {}, body: '' }
}

export function textReply(body: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers }, body }
}

export function jsonReply(body: unknown): Reply {
  return reply(200, 'application/json;charset=UTF-8', JSON.stringify(body))
}

export function page(status: number, title: string, detail = ''): Reply {
  return reply(
    status,
    HTML,
    `<!DOCTYPE html><html><head><title>${title} - Jenkins</title></head><body><h1>${title}</h1><p>${escapeHtml(detail)}</p></body></html>`,
  )
}

export function redirect(location: string): Reply {
  return { status: 302, headers: { location }, body: '' }
}

export function notFound(): Reply {
  return page(404, 'Not Found')
}

/** Jenkins's `Failure`. */
export function failure(detail: string): Reply {
  return page(400, 'Error', detail)
}

export function oops(): Reply {
  return page(500, 'Oops!', 'A problem occurred while processing the request.')
}

export function postRequired(): Reply {
  return { ...page(405, 'This URL requires POST'), headers: { 'content-type': HTML, allow: 'POST' } }
}

export function unauthorized(): Reply {
  const headers = { 'content-type': HTML, 'www-authenticate': 'Basic realm="Jenkins"' }
  return { ...page(401, 'Invalid password/token for user'), headers }
}

/** Anonymous visitors are told to log in, with 403 and not with 401 (core AccessDeniedException3). */
export function accessDenied(user: string, permission: string, from: string): Reply {
  const anonymous = user === 'anonymous'
  const login = `/login?from=${encodeURIComponent(from)}`
  const body = anonymous
    ? `<html><head><meta http-equiv='refresh' content='1;url=${login}'/></head><body>Authentication required</body></html>`
    : `<html><head><title>Access Denied</title></head><body>${escapeHtml(user)} is missing the ${permission} permission</body></html>`
  const headers = {
    'content-type': HTML,
    'x-hudson': '1.395',
    'x-you-are-authenticated-as': user,
    'x-you-are-in-group-disabled':
      'JENKINS-39402: use -Dhudson.security.AccessDeniedException3.REPORT_GROUP_HEADERS=true',
    'x-required-permission': permission,
    'x-permission-implied-by': impliedBy(permission).slice(1),
  }
  return { status: 403, headers, body }
}

/** FormValidation: an empty message is the bare `<div/>`. */
export function formValidation(kind: 'ok' | 'warning' | 'error', message = ''): Reply {
  const body = message === '' ? '<div/>' : `<div class="${kind}">${escapeHtml(message)}</div>`
  return reply(200, 'text/html;charset=UTF-8', body)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
  '\n': '<br>',
}

/** hudson.Util.escape: of several blanks all but the last become `&nbsp;`. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\n]/g, (sign) => ENTITIES[sign] ?? sign).replace(/ (?= )/g, '&nbsp;')
}
