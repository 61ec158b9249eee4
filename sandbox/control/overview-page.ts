import { type Html, html, pageReply } from '../html.ts'
import type { Engine } from '../http-handler.ts'
import { ended, type Issued, issuedLabel } from '../issued.ts'
import type { Reply } from '../reply.ts'
import type { RecordedRequest } from '../request-record.ts'

const latest = 200

const table = (headings: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html =>
  rows.length === 0
    ? html`<p class="mute">None.</p>`
    : html`<div class="scroll"><table>
<thead><tr>${headings.map((heading) => html`<th>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`

const scopesOf = (issued: Issued): string => {
  if (issued.kind === 'organization-key') return ''
  return (issued.kind === 'app-password' ? issued.permissions : issued.scopes).join(' ')
}

const expiryOf = (issued: Issued): string =>
  issued.kind === 'api-token' || issued.kind === 'access-token' ? (issued.expiresAt?.toISOString() ?? '') : ''

const secretRow = (issued: Issued, now: Date): readonly (string | Html)[] => [
  issuedLabel(issued),
  issued.kind === 'api-token' ? (issued.app ?? 'without scopes') : '',
  html`<code>${scopesOf(issued)}</code>`,
  expiryOf(issued),
  ended(issued, now) ?? 'live',
]

const authorizationText = (authorization: RecordedRequest['authorization']): string => {
  switch (authorization.scheme) {
    case 'none':
      return ''
    case 'bearer':
      return `Bearer: ${authorization.secret}`
    case 'basic':
      return `${authorization.username}: ${authorization.secret}`
  }
}

const requestRow = (request: RecordedRequest): readonly (string | Html)[] => [
  html`<code>${request.method} ${request.host}${request.path}</code>`,
  authorizationText(request.authorization),
  String(request.status),
  request.because,
]

/** What the sandbox knows and why it answered as it did; secrets are named, never shown. */
export const overviewPage = (engine: Engine): Reply => {
  const { world, records } = engine
  const now = world.now()
  const content = html`
<p><a href="/manage-profile/security/api-tokens">Token page</a> of the Atlassian account</p>
<h2>Users</h2>
${table(
  ['Username', 'Email', 'Account'],
  world.users().map((user) => [user.username, user.email, user.accountId]),
)}
<h2>Repositories</h2>
${table(
  ['Name', 'Visible to'],
  world.repositories().map((one) => [`${one.workspace}/${one.slug}`, one.isPrivate ? 'members' : 'everyone']),
)}
<h2>Secrets</h2>
${table(
  ['Secret', 'App', 'Scopes', 'Expires', 'State'],
  world.issued().map((issued) => secretRow(issued, now)),
)}
<h2>Requests</h2>
<p class="mute">${records.length} in all, the latest ${latest} first</p>
${table(['Request', 'Credential', 'Status', 'Because'], records.slice(-latest).reverse().map(requestRow))}`
  const page = { title: 'What happened', aside: html`clock ${now.toISOString()}`, content }
  return pageReply(200, page, 'the overview')
}
