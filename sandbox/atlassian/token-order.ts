import { type App, isApp, offeredScopes } from './token-scopes.ts'

/** What the creation form asks for, checked. */
export interface TokenOrder {
  readonly name: string
  readonly expiresAt: string
  readonly app: App | undefined
  readonly scopes: readonly string[]
}

export type ReadOrder = { readonly order: TokenOrder } | { readonly problem: string }

const dateShape = /^\d{4}-\d{2}-\d{2}$/

export const dateText = (date: Date): string => date.toISOString().slice(0, 10)

/** One day to one year: support.atlassian.com, manage-api-tokens-for-your-atlassian-account. */
export const expiryRange = (now: Date): { first: string; last: string } => {
  const first = new Date(now)
  first.setUTCDate(first.getUTCDate() + 1)
  const last = new Date(now)
  last.setUTCFullYear(last.getUTCFullYear() + 1)
  return { first: dateText(first), last: dateText(last) }
}

const nameProblem = (name: string): string | undefined =>
  name.length === 0 || name.length > 255 ? 'Give the token a name of at most 255 characters.' : undefined

const expiryProblem = (expires: string, now: Date): string | undefined => {
  const { first, last } = expiryRange(now)
  const valid = dateShape.test(expires) && !Number.isNaN(Date.parse(expires)) && expires >= first && expires <= last
  return valid ? undefined : `Choose an expiry date from ${first} to ${last}.`
}

/** At most 50 scopes in one token, as a user reported in August 2026. */
const scopesProblem = (app: App, scopes: readonly string[]): string | undefined => {
  if (scopes.length === 0) return 'Select at least one scope.'
  if (scopes.length > 50) return 'Select at most 50 scopes.'
  const foreign = scopes.find((scope) => !offeredScopes(app).includes(scope))
  return foreign === undefined ? undefined : `The scope ${foreign} is not offered for this app.`
}

const first = (form: URLSearchParams, name: string): string => (form.get(name) ?? '').trim()

/** The form of "Create API token": name and expiry. */
export const readClassicOrder = (form: URLSearchParams, now: Date): ReadOrder => {
  const name = first(form, 'name')
  const expires = first(form, 'expires')
  const problem = nameProblem(name) ?? expiryProblem(expires, now)
  if (problem !== undefined) return { problem }
  return { order: { name, expiresAt: `${expires}T00:00:00Z`, app: undefined, scopes: [] } }
}

/** The first page of "Create API token with scopes": name, expiry and exactly one app. */
export const readScopedOrderStart = (form: URLSearchParams, now: Date): ReadOrder => {
  const read = readClassicOrder(form, now)
  if ('problem' in read) return read
  const app = first(form, 'app')
  return isApp(app) ? { order: { ...read.order, app } } : { problem: 'Select an app.' }
}

/** Both pages of "Create API token with scopes". */
export const readScopedOrder = (form: URLSearchParams, now: Date): ReadOrder => {
  const read = readScopedOrderStart(form, now)
  if ('problem' in read || read.order.app === undefined) return read
  const scopes = [...new Set(form.getAll('scope'))]
  const problem = scopesProblem(read.order.app, scopes)
  return problem === undefined ? { order: { ...read.order, scopes } } : { problem }
}
