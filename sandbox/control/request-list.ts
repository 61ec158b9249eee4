import { type Html, html } from '../html.ts'
import { noStatus, type RecordedRequest } from '../request-record.ts'
import { credentialText, isEmptyFilter, matches, type RequestFilter } from './request-filter.ts'

const shown = 100

/** A 401 that asks for a credential is how git begins; it is no failure. */
const tone = (request: RecordedRequest): 'works' | 'soon' | 'refused' => {
  if (request.status !== noStatus && request.status < 400) return 'works'
  return request.status === 401 && request.authorization.scheme === 'none' ? 'soon' : 'refused'
}

const longest = 300

/** A path may have thousands of characters; the record keeps all of them. */
const shortened = (path: string): string =>
  path.length <= longest ? path : `${path.slice(0, longest)}… (${path.length} characters)`

const via = { web: '', proxy: ', through the proxy', tls: ', under the real name' } as const

const requestItem = (request: RecordedRequest): Html => html`
<li id="request-${request.number}">
<span class="tag ${tone(request)}">${request.status}</span>
<div><p><code>${request.method} ${request.host}${shortened(request.path)}</code></p>
<p>${request.because}</p>
<p class="mute small">${credentialText(request)}${via[request.via]}</p></div>
<time class="mute small" datetime="${request.at}">${request.at.slice(0, 10)} ${request.at.slice(11, 19)}</time>
</li>`

const option = (value: string, title: string, chosen: string): Html =>
  value === chosen
    ? html`<option value="${value}" selected>${title}</option>`
    : html`<option value="${value}">${title}</option>`

const options = (values: readonly string[], everything: string, chosen: string): readonly Html[] => {
  const known = chosen === '' || values.includes(chosen) ? values : [...values, chosen]
  return [option('', everything, chosen), ...known.map((value) => option(value, value, chosen))]
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort()

const filterForm = (requests: readonly RecordedRequest[], filter: RequestFilter, follows: boolean): Html => {
  const statuses = distinct(requests.flatMap(({ status }) => [`${Math.floor(status / 100)}xx`, String(status)]))
  const hosts = distinct(requests.map(({ host }) => host))
  return html`
<form class="row" method="get" action="/_sandbox/">
  <label>Status <select name="status">${options(statuses, 'all', filter.status)}</select></label>
  <label>Host <select name="host">${options(hosts, 'all', filter.host)}</select></label>
  <label>Contains <input type="text" name="text" value="${filter.text}" autocomplete="off"></label>
  <label>Reload <select name="follow">${[option('', 'by hand', follows ? '5' : ''), option('5', 'every 5 s', follows ? '5' : '')]}</select></label>
  <button type="submit">Show</button>
  ${isEmptyFilter(filter) ? undefined : html`<a class="button quiet" href="/_sandbox/#requests">Show all</a>`}
</form>`
}

const countLine = (found: number, kept: number, count: number): string => {
  const dropped = count > kept ? ` ${count - kept} older ones were forgotten.` : ''
  const first = found > shown ? `the latest ${shown} of ${found} that match` : `${found} that match`
  return `${count} ${count === 1 ? 'request' : 'requests'} so far; ${first}, the latest first.${dropped}`
}

export const requestSection = (
  log: { readonly requests: readonly RecordedRequest[]; readonly count: number },
  filter: RequestFilter,
  follows: boolean,
): Html => {
  const found = log.requests.filter((request) => matches(request, filter))
  const none = log.count === 0 ? 'No request came in yet.' : 'No request matches.'
  return html`
<section id="requests" aria-labelledby="requests-title">
<h2 id="requests-title">Requests, and why each was answered so</h2>
${filterForm(log.requests, filter, follows)}
${
  found.length === 0
    ? html`<p class="mute">${none}</p>`
    : html`<p class="mute">${countLine(found.length, log.requests.length, log.count)}</p>
<ol class="requests" reversed>${found.slice(-shown).reverse().map(requestItem)}</ol>`
}
</section>`
}
