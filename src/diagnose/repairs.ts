import { repositoryUrl } from '../bitbucket/repository-url.ts'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Scope } from '../model/answer.ts'
import type { Repair } from '../model/diagnosis.ts'
import type { PlaceRef } from '../model/place.ts'
import { neededScopes } from './answers.ts'
import type { Facts } from './facts.ts'
import { shellWord } from './shell-word.ts'
import type { Source } from './source-standing.ts'

const TOKEN_PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens'

/** A new token, given to keyturn, put in place of the old secret wherever that is. Scopes of a token cannot be edited. */
export function replaceCredential(facts: Facts, scopes: readonly Scope[] = neededScopes(facts.use)): readonly Repair[] {
  return [
    createToken(scopes),
    giveToken(facts),
    ...planAndApply(facts, 'Replace the old credential where it is stored.'),
  ]
}

export function createToken(scopes: readonly Scope[]): Repair {
  return {
    text: `Only the owner of the account can create the token: open ${TOKEN_PAGE}, choose "Create API token with scopes" (not "Create API token"), the app Bitbucket, and the scopes ${scopes.join(' and ')}.`,
    commands: [],
  }
}

function giveToken(facts: Facts): Repair {
  const email = facts.email ?? emailIn(facts.username) ?? 'E-MAIL'
  return {
    text: 'Give the token to keyturn. It is read from a hidden prompt.',
    commands: [`keyturn token add bitbucket --email ${shellWord(email)}`],
  }
}

function emailIn(username: string | undefined): string | undefined {
  return username?.includes('@') === true ? username : undefined
}

export function planAndApply(facts: Facts, text: string, place: PlaceRef | undefined = facts.place): readonly Repair[] {
  const target = planTarget(facts, place)
  return [{ text, commands: [`keyturn plan ${target} -o plan.json`, 'keyturn apply plan.json'] }]
}

/** What `keyturn plan` has to look at: the controller, the file of the place, or everything of this account. */
function planTarget(facts: Facts, place: PlaceRef | undefined): string {
  if (place?.at.kind === 'file') return shellWord(place.at.path)
  const controller =
    place?.at.kind === 'url' ? (facts.jenkins?.controller ?? originOf(place.at.url)) : facts.jenkins?.controller
  return controller === undefined ? '"$HOME"' : `--jenkins ${shellWord(controller)}`
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

/** The credential stays; only the name under which it is sent changes. */
export function changeUsername(facts: Facts, username: string): readonly Repair[] {
  const keyturn = planAndApply(
    facts,
    `Set the username to ${username} where the credential is stored; the secret stays.`,
  )
  if (facts.place !== undefined || facts.jenkins !== undefined) return keyturn
  const url = facts.repository === undefined ? undefined : repositoryUrl(facts.repository)
  const check = url === undefined ? [] : [`git ls-remote ${shellWord(url.replace('https://', `https://${username}@`))}`]
  return [
    { text: `Use the username ${username} with the same secret. Git asks for the secret.`, commands: check },
    ...keyturn,
  ]
}

/** Git's own way to make a helper forget. It does so by itself after a 401, and never after a 410. */
export function forgetInHelper(source: Source, home: string | undefined): Repair {
  const user = source.username === undefined ? '' : `username=${printfText(source.username)}\\n`
  const scope = home === undefined ? '' : `HOME=${shellWord(home)} `
  return {
    text: `Make the credential helper forget the old credential${home === undefined ? '' : ' of that account'}.`,
    commands: [`printf 'protocol=https\\nhost=bitbucket.org\\n${user}\\n' | ${scope}git credential reject`],
  }
}

/** For the format of printf inside single quotes. */
function printfText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll("'", `'\\''`)
}

export function unsetSetting(
  setting: { readonly file: string; readonly key: string },
  text: string,
  valuePattern?: string,
): Repair {
  const pattern = valuePattern === undefined ? '' : ` ${shellWord(valuePattern)}`
  return {
    text,
    commands: [`git config --file ${shellWord(setting.file)} --unset-all ${shellWord(setting.key)}${pattern}`],
  }
}

export function grantAccess(facts: Facts): Repair {
  const { workspace, slug } = facts.repository ?? { workspace: 'WORKSPACE', slug: 'REPOSITORY' }
  const permission = facts.use === 'git-push' ? 'write' : 'read'
  return {
    text: `An administrator of the workspace gives the owner of the token the ${permission} permission: https://bitbucket.org/${encodeURIComponent(workspace)}/${encodeURIComponent(slug)}/admin/permissions. Check the spelling of ${workspace}/${slug} first, and whether the token was limited to another workspace when it was created.`,
    commands: [],
  }
}

export const GIT_USERNAME = API_TOKEN_GIT_USERNAME
