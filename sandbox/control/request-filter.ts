import type { RecordedRequest } from '../request-record.ts'

/** What the page is asked to show, from its query: `?status=4xx&host=api.bitbucket.org&text=push`. */
export interface RequestFilter {
  /** A status, a class of them (`4xx`), or empty. */
  readonly status: string
  readonly host: string
  /** Part of the path, of the credential's name or of the reason. */
  readonly text: string
}

export const readFilter = (query: URLSearchParams): RequestFilter => ({
  status: query.get('status') ?? '',
  host: query.get('host') ?? '',
  text: (query.get('text') ?? '').trim(),
})

export const isEmptyFilter = ({ status, host, text }: RequestFilter): boolean => status + host + text === ''

/** How the page and the filter name the credential of a request. */
export const credentialText = ({ authorization }: RecordedRequest): string => {
  switch (authorization.scheme) {
    case 'none':
      return 'no credential'
    case 'bearer':
      return `Bearer, ${authorization.secret}`
    case 'basic':
      return `Basic as ${authorization.username === '' ? 'nobody' : authorization.username}, ${authorization.secret}`
  }
}

const hasStatus = (status: number, wanted: string): boolean =>
  wanted === '' || String(status) === wanted || `${Math.floor(status / 100)}xx` === wanted

export const matches = (request: RecordedRequest, { status, host, text }: RequestFilter): boolean => {
  if (!hasStatus(request.status, status) || (host !== '' && request.host !== host)) return false
  const said = `${request.method} ${request.path}\n${credentialText(request)}\n${request.because}`
  return said.toLowerCase().includes(text.toLowerCase())
}
