import { jsonReply, type Reply } from '../reply.ts'
import type { Call } from './call.ts'
import { readQuery, readSort } from './rest-query.ts'
import { restError } from './rest-texts.ts'

type Headers = Readonly<Record<string, string>>

const readNumber = (text: string | null, otherwise: number): number =>
  text === null ? otherwise : /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN

/**
 * developer.atlassian.com, pagination: `next` is followed as it is. The limit of 50 for pull requests and the text are
 * measured (github.com/jonasporto/bb-cli, docs/api.md).
 */
export const pageReply = (
  call: Call,
  all: readonly unknown[],
  options: { largest: number; because: string; headers: Headers },
): Reply => {
  const { largest, because, headers } = options
  const pagelen = readNumber(call.request.query.get('pagelen'), 10)
  const page = readNumber(call.request.query.get('page'), 1)
  if (!(pagelen >= 1 && pagelen <= largest)) {
    return restError(400, 'Invalid pagelen', `pagelen is 1 to ${largest} here`, headers)
  }
  if (!(page >= 1)) return restError(400, 'Invalid page', 'page is a number from 1', headers)
  const fits = readQuery(call.request.query.get('q'))
  if (fits === undefined) return restError(400, 'Invalid query', 'a filter that the sandbox does not read', headers)
  const order = readSort(call.request.query.get('sort'))
  const chosen = order === undefined ? all.filter(fits) : all.filter(fits).sort(order)
  const shown = chosen.slice((page - 1) * pagelen, page * pagelen)
  const more = page * pagelen < chosen.length
  const links = {
    next: more ? pageLink(call, page + 1) : undefined,
    previous: page > 1 ? pageLink(call, page - 1) : undefined,
  }
  return jsonReply(200, { pagelen, size: chosen.length, page, ...links, values: shown }, because, headers)
}

const pageLink = (call: Call, page: number): string => {
  const query = new URLSearchParams(call.request.query)
  query.set('page', String(page))
  return `${call.request.origin}${call.request.path}?${query}`
}
