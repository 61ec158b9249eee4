import type { ApiToken } from '../issued.ts'

export type App = Exclude<ApiToken['app'], undefined>

export const apps: readonly { readonly id: App; readonly title: string }[] = [
  { id: 'bitbucket', title: 'Bitbucket' },
  { id: 'confluence', title: 'Confluence' },
  { id: 'jira', title: 'Jira' },
]

export const isApp = (text: string): text is App => apps.some(({ id }) => id === text)

const of = (noun: string, ...verbs: readonly string[]): readonly string[] =>
  verbs.map((verb) => `${verb}:${noun}:bitbucket`)

/** The scopes that the creation screen offers for Bitbucket, as users listed them in 2026. */
const bitbucket: readonly (readonly [string, readonly string[]])[] = [
  ['Account', ['read:account', 'read:me', ...of('user', 'read', 'write')]],
  ['Workspace', [...of('workspace', 'read', 'admin'), 'manage:org']],
  ['Project', of('project', 'read', 'admin')],
  ['Repository', of('repository', 'read', 'write', 'admin', 'delete')],
  ['Pull request', of('pullrequest', 'read', 'write')],
  ['Pipeline', [...of('pipeline', 'read', 'write', 'admin'), ...of('runner', 'read', 'write')]],
  ['Webhook', of('webhook', 'read', 'write', 'delete')],
  ['Issue', of('issue', 'read', 'write', 'delete')],
  ['Wiki', of('wiki', 'read', 'write', 'delete')],
  ['Snippet', of('snippet', 'read', 'write', 'delete')],
  ['Keys', [...of('ssh-key', 'read', 'write', 'delete'), ...of('gpg-key', 'read', 'write', 'delete')]],
  ['Permission', of('permission', 'read', 'write', 'delete')],
  ['Package and test', [...of('package', 'read', 'write'), ...of('test', 'read', 'write')]],
]

/** A few of each: enough to make a token for the wrong app. */
const others: Readonly<Record<Exclude<App, 'bitbucket'>, readonly (readonly [string, readonly string[]])[]>> = {
  jira: [['Jira', ['read:jira-work', 'write:jira-work', 'read:jira-user']]],
  confluence: [['Confluence', ['read:page:confluence', 'write:page:confluence', 'read:space:confluence']]],
}

export const scopeGroups = (app: App): readonly (readonly [string, readonly string[]])[] =>
  app === 'bitbucket' ? bitbucket : others[app]

export const offeredScopes = (app: App): readonly string[] => scopeGroups(app).flatMap(([, scopes]) => scopes)
