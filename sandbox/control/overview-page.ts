import { type Html, html, pageReply } from '../html.ts'
import type { Engine } from '../http-handler.ts'
import { type Issued, issuedLabel } from '../issued.ts'
import type { Incoming, Reply } from '../reply.ts'
import { defaultSwitches } from '../switches.ts'
import type { Repository, User, Workspace } from '../world.ts'
import { clockPanel, clockText } from './clock-panel.ts'
import { readFilter } from './request-filter.ts'
import { requestSection } from './request-list.ts'
import { secretState } from './secret-state.ts'

const shownRows = 200

type Cell = string | Html

/** On a narrow screen each cell names its column itself. */
const row = (headings: readonly string[], cells: readonly Cell[]): Html =>
  html`<tr>${cells.map((cell, column) => html`<td data-label="${column === 0 ? '' : headings[column]}">${cell}</td>`)}</tr>`

const table = (headings: readonly string[], rows: readonly (readonly Cell[])[]): Html =>
  rows.length === 0
    ? html`<p class="mute">None.</p>`
    : html`<table>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.slice(-shownRows).map((cells) => row(headings, cells))}</tbody>
</table>${rows.length > shownRows ? html`<p class="mute">The latest ${shownRows} of ${rows.length}.</p>` : undefined}`

const scopesOf = (issued: Issued): readonly string[] => {
  if (issued.kind === 'organization-key') return []
  return issued.kind === 'app-password' ? issued.permissions : issued.scopes
}

const stateTag = (engine: Engine, issued: Issued): Html => {
  const { tone, words } = secretState(engine, issued)
  return html`<span class="tag ${tone}">${words}</span>`
}

const usedText = ({ lastUsedAt }: Issued): string =>
  lastUsedAt === undefined ? 'never' : lastUsedAt.toISOString().slice(0, 16).replace('T', ' ')

const credentials = (engine: Engine): Html => html`
<section id="credentials" aria-labelledby="credentials-title">
<h2 id="credentials-title">Credentials</h2>
<p class="mute">Named, never shown. New ones are made on the
<a href="/manage-profile/security/api-tokens">token page of the Atlassian account</a>.</p>
${table(
  ['Credential', 'State at this clock', 'Scopes', 'Last used'],
  engine.world
    .issued()
    .map((issued) => [
      issuedLabel(issued),
      stateTag(engine, issued),
      html`<code>${scopesOf(issued).length === 0 ? 'none' : scopesOf(issued).join(' ')}</code>`,
      usedText(issued),
    ]),
)}
</section>`

const permissionsText = (engine: Engine, repository: Repository): string =>
  engine.world
    .users()
    .flatMap(({ username }) => {
      const permission = engine.world.permission(username, repository)
      return permission === undefined ? [] : [`${username}: ${permission}`]
    })
    .join(', ')

const repositories = (engine: Engine): Html => html`
<section id="repositories" aria-labelledby="repositories-title">
<h2 id="repositories-title">Repositories</h2>
${table(
  ['Repository', 'Visible to', 'Permissions'],
  engine.world
    .repositories()
    .map((one) => [
      `${one.workspace}/${one.slug}`,
      one.isPrivate ? 'members' : 'everyone',
      permissionsText(engine, one),
    ]),
)}
</section>`

const policiesText = ({ ipAllowlist, requires2sv, overUserLimit }: Workspace): string =>
  [
    ...(ipAllowlist ? ['IP allowlist'] : []),
    ...(requires2sv ? ['two-step verification required'] : []),
    ...(overUserLimit ? ['over its user limit'] : []),
  ].join(', ')

const userState = ({ suspended, twoStep }: User): string =>
  [...(suspended ? ['suspended'] : []), ...(twoStep ? ['two-step verification'] : [])].join(', ')

const people = ({ world }: Engine): Html => html`
<section id="people" aria-labelledby="people-title">
<h2 id="people-title">People and workspaces</h2>
${table(
  ['Username', 'Email', 'Workspaces', 'Account id', 'State'],
  world.users().map((user) => [
    user.username,
    user.email,
    world
      .workspacesOf(user.username)
      .map(({ slug }) => slug)
      .join(', '),
    html`<code>${user.accountId}</code>`,
    userState(user),
  ]),
)}
<p class="mute">They log in with their e-mail address and a password: <code>sandbox</code> unless another was given.</p>
${table(
  ['Workspace', 'Policies'],
  world.workspaces().map((workspace) => [workspace.slug, policiesText(workspace)]),
)}
</section>`

const switchRows = (engine: Engine): readonly (readonly Cell[])[] => {
  const standard = new Map<string, unknown>(Object.entries(defaultSwitches))
  return Object.entries(engine.switches).map(([name, value]) => [
    html`<code>${name}</code>`,
    String(value),
    standard.get(name) === value ? '' : `${standard.get(name)} by default`,
  ])
}

const switches = (engine: Engine): Html => html`
<details id="switches"><summary>Switches</summary>
<p class="mute">Behaviour that public material leaves open. They are set when the sandbox starts.</p>
${table(['Switch', 'Value', 'Changed'], switchRows(engine))}
</details>`

const navigation: Html = html`
<nav aria-label="Sections"><ul>
<li><a href="#requests">Requests</a></li><li><a href="#credentials">Credentials</a></li>
<li><a href="#repositories">Repositories</a></li><li><a href="#people">People</a></li>
<li><a href="#clock">Clock</a></li><li><a href="/manage-profile/security/api-tokens">Token page</a></li>
</ul></nav>`

/** What the sandbox knows and why it answered as it did; secrets are named, never shown. */
export const overviewPage = (engine: Engine, request: Incoming, problem?: string): Reply => {
  const reading = engine.world.clock()
  const follows = request.method === 'GET' && request.query.get('follow') === '5'
  const content = html`
${navigation}
${clockPanel(reading, problem)}
${requestSection(engine.log, readFilter(request.query), follows)}
${credentials(engine)}
${repositories(engine)}
${people(engine)}
${switches(engine)}`
  const aside = html`<a href="#clock">${clockText(reading)}</a>`
  return pageReply(
    problem === undefined ? 200 : 400,
    { title: 'What happened', aside, content, ...(follows ? { refreshSeconds: 5 } : {}) },
    problem ?? 'the overview',
  )
}
