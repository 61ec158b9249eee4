import { type Html, html } from '../html.ts'
import type { ApiToken } from '../issued.ts'
import type { User } from '../world.ts'
import { dateText, expiryRange } from './token-order.ts'
import { type App, apps, scopeGroups } from './token-scopes.ts'

export const tokensPath = '/manage-profile/security/api-tokens'

const problemView = (problem: string | undefined): Html =>
  problem === undefined ? html`` : html`<p class="problem" role="alert">${problem}</p>`

export const loginView = (continueTo: string, problem?: string): Html => html`
${problemView(problem)}
<form method="post" action="/login">
  <input type="hidden" name="continue" value="${continueTo}">
  <label>Email <input type="email" name="email" autocomplete="username" required></label>
  <label>Password <input type="password" name="password" autocomplete="current-password" required></label>
  <button type="submit">Log in</button>
</form>`

export const signedOutAside: Html = html`Atlassian account`

/** The page of the sandbox is on the loopback port only, not behind the real names. */
export const asideView = (user: User, now: Date, hasOverview: boolean): Html =>
  html`${hasOverview ? html`<a href="/_sandbox/">What happened</a> · ` : undefined}${user.email} · ${dateText(now)} <form class="inline" method="post" action="/logout"><button class="quiet" type="submit">Log out</button></form>`

const tokenRow = (token: ApiToken): Html => html`
<tr>
  <td>${token.name}</td>
  <td data-label="App">${token.app ?? 'without scopes'}</td>
  <td data-label="Scopes"><code>${token.scopes.length === 0 ? 'none' : token.scopes.join(' ')}</code></td>
  <td data-label="Expires">${dateText(token.expiresAt)}</td>
  <td data-label="Last accessed">${token.lastUsedAt === undefined ? 'Never' : dateText(token.lastUsedAt)}</td>
  <td><form class="inline" method="post" action="${tokensPath}/revoke">
    <input type="hidden" name="id" value="${token.id}">
    <button class="quiet" type="submit" aria-label="Revoke ${token.name}">Revoke</button>
  </form></td>
</tr>`

const tokenTable = (tokens: readonly ApiToken[]): Html =>
  tokens.length === 0
    ? html`<p class="mute">You have no API tokens.</p>`
    : html`<table>
<thead><tr><th scope="col">Name</th><th scope="col">App</th><th scope="col">Scopes</th><th scope="col">Expires</th><th scope="col">Last accessed</th><th></th></tr></thead>
<tbody>${tokens.map(tokenRow)}</tbody>
</table>`

export const tokensView = (tokens: readonly ApiToken[]): Html => html`
<p>A script or other process can use an API token to sign in to Atlassian products.
Bitbucket takes tokens with scopes only.</p>
<div class="row">
  <a class="button quiet" href="${tokensPath}/create">Create API token</a>
  <a class="button" href="${tokensPath}/create-with-scopes">Create API token with scopes</a>
</div>
<h2>Your API tokens</h2>
${tokenTable(tokens)}`

/** What was entered stays, so that a refused form is corrected and not filled again. */
const nameAndExpiry = (now: Date, entered: URLSearchParams): Html => {
  const { first, last } = expiryRange(now)
  return html`
  <label>Name <input type="text" name="name" maxlength="255" value="${entered.get('name') ?? ''}" required></label>
  <label>Expires on <input type="date" name="expires" min="${first}" max="${last}" value="${entered.get('expires') ?? last}" required></label>
  <p class="mute">From ${first} to ${last}: one day to one year.</p>`
}

export const classicFormView = (now: Date, entered: URLSearchParams, problem?: string): Html => html`
${problemView(problem)}
<form method="post" action="${tokensPath}/create">
  ${nameAndExpiry(now, entered)}
  <button type="submit">Create</button>
</form>`

const checkedIf = (isChecked: boolean): Html => (isChecked ? html` checked` : html``)

export const scopedStartView = (now: Date, entered: URLSearchParams, problem?: string): Html => html`
${problemView(problem)}
<form method="get" action="${tokensPath}/create-with-scopes/scopes">
  ${nameAndExpiry(now, entered)}
  <fieldset><legend>App</legend>
    ${apps.map(({ id, title }) => html`<label><input type="radio" name="app" value="${id}" required${checkedIf(entered.get('app') === id)}> ${title}</label>`)}
  </fieldset>
  <button type="submit">Next</button>
</form>`

export interface ScopedStart {
  readonly name: string
  readonly expires: string
  readonly app: App
}

const scopeGroupView = (title: string, scopes: readonly string[], chosen: readonly string[]): Html => html`
<fieldset><legend>${title}</legend>
  ${scopes.map((scope) => html`<label><input type="checkbox" name="scope" value="${scope}"${checkedIf(chosen.includes(scope))}> <code>${scope}</code></label>`)}
</fieldset>`

export const scopesView = (start: ScopedStart, chosen: readonly string[], problem?: string): Html => html`
${problemView(problem)}
<p>${start.name}, until ${start.expires}. A token cannot be changed later: not its scopes, not its expiry.</p>
<form method="post" action="${tokensPath}/create-with-scopes">
  <input type="hidden" name="name" value="${start.name}">
  <input type="hidden" name="expires" value="${start.expires}">
  <input type="hidden" name="app" value="${start.app}">
  <div class="columns">${scopeGroups(start.app).map(([title, scopes]) => scopeGroupView(title, scopes, chosen))}</div>
  <button type="submit">Create token</button>
</form>`

export const createdView = (token: ApiToken, secret: string | undefined): Html => html`
${
  secret === undefined
    ? html`<p class="problem" role="alert">The token was shown already and cannot be shown again.</p>`
    : html`<p>Copy the token now. It is not shown again.</p>
<code class="token" id="token">${secret}</code>`
}
<p class="mute">${token.name}, ${token.app ?? 'without scopes'}, until ${dateText(token.expiresAt)}</p>
<a class="button" href="${tokensPath}">Done</a>`

export const noSuchTokenView: Html = html`
<p>This account has no such token. It may be revoked or expired.</p>
<a class="button" href="${tokensPath}">Back</a>`
