import { repositoryUrl } from '../bitbucket/repository-url.ts'
import { BRANCH_SOURCE_SCOPES } from '../bitbucket/scopes.ts'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Scope } from '../model/answer.ts'
import { homeOfJenkins, itemOf } from '../model/controller-of.ts'
import type { Repair } from '../model/diagnosis.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import { answersToCredential, isGit, isYes, refusedBecause, scopesToCreate } from './answers.ts'
import type { Facts } from './facts.ts'
import { shellWord } from './shell-word.ts'
import type { Source } from './source-standing.ts'
import type { GitChain } from './trace-git.ts'
import { unpin } from './unpin.ts'

const TOKEN_PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens'

/** A new token, given to keyturn, put in place of the old secret wherever that is. Scopes of a token cannot be edited. */
export function replaceCredential(facts: Facts, wanted: readonly Scope[] = scopesToCreate(facts)): readonly Repair[] {
  const scopes = withBranchSource(facts, wanted)
  const helper = helperWithoutFile(facts)
  if (helper !== undefined && facts.chain !== undefined)
    return [
      createToken(scopes),
      forgetInHelper(helper, undefined),
      storeWithGit(facts.chain.url, facts.chain),
      ...ifItKeepsNothing(helper),
    ]
  const first = facts.chain?.sources.find(({ standing }) => standing === 'sent first')
  if (facts.jenkins === undefined && facts.place === undefined && first !== undefined && isDefaultOfNetrc(first))
    return beforeDefault(facts, first, scopes)
  const elsewhere = facts.place === undefined ? outOfUrl(facts, first) : undefined
  if (elsewhere !== undefined) return [createToken(scopes), ...elsewhere]
  return [
    createToken(scopes),
    giveToken(facts, 'Give the token to keyturn. It is read from a hidden prompt.'),
    ...planAndApply(facts, 'Replace the old credential where it is stored.', 'with the new token'),
    ...unpinned(facts, API_TOKEN_GIT_USERNAME),
  ]
}

const ASKED_UNDER_NAME: ReadonlySet<string> = new Set(['git-credentials', 'git-helper', 'netrc'])

/** The plan looks at the file of the place alone. What names the old username elsewhere would keep git from what is put there. */
function unpinned({ place, chain }: Facts, username: string): readonly Repair[] {
  const pinned = chain?.pinned
  if (chain === undefined || pinned === undefined || pinned.username === username) return []
  return place !== undefined && ASKED_UNDER_NAME.has(place.consumer) ? unpin(chain, pinned) : []
}

/** A plan refuses a token there that has less. */
function withBranchSource({ jenkins }: Facts, wanted: readonly Scope[]): readonly Scope[] {
  return jenkins?.branchSource === undefined ? wanted : [...new Set([...wanted, ...BRANCH_SOURCE_SCOPES])].sort()
}

/** A URL that was typed, stands in a script, or is made by a setting of the machine, is no place that keyturn changes. */
function outOfUrl(
  { jenkins, chain }: Facts,
  first: Source | undefined,
  username?: string,
): readonly Repair[] | undefined {
  if (jenkins !== undefined || chain === undefined || first?.kind !== 'url userinfo') return undefined
  const { text, commands } = storeWithGit(chain.url, chain, username)
  const rewrite = withoutRewrite(first)
  return rewrite === undefined
    ? [{ text: `${text} From then on, use the URL without userinfo.`, commands }]
    : [rewrite, { text, commands }]
}

/** The key of the setting holds the secret, so that no command can name it. */
export function withoutRewrite({ where, remote }: Source): Repair | undefined {
  const [, file, line] = /^(\/.*):(\d+)$/.exec(where) ?? []
  if (file === undefined || remote !== undefined) return undefined
  return {
    text: `Delete line ${line} of ${file}, which puts a username and a secret into the URL. Delete the section above it as well, where it has no other line.`,
    commands: [`sed -i ${line}d ${shellWord(file)}`],
  }
}

/** It answers for every host and is no place, so that no plan changes it. */
export function isDefaultOfNetrc({ kind, place }: Source): boolean {
  return kind === 'netrc' && place === undefined
}

/** libcurl takes the first entry that answers, so one for the host alone has to stand before it. */
export function beforeDefault(facts: Facts, { where }: Source, scopes = scopesToCreate(facts)): readonly Repair[] {
  return [
    createToken(scopes),
    {
      text: `Write an entry before ${where}, which answers for every host: machine bitbucket.org login ${API_TOKEN_GIT_USERNAME} password, and the token.`,
      commands: [],
    },
  ]
}

/** A keychain, an agent, a script: keyturn reads and writes files, so git itself has to replace what such a helper holds. */
function helperWithoutFile({ chain, jenkins, place }: Facts): Source | undefined {
  const first =
    chain?.sources.find(({ standing }) => standing === 'sent first') ?? chain?.sources.find(({ dropped }) => dropped)
  return jenkins === undefined && place === undefined && first?.kind === 'helper' ? first : undefined
}

export function createToken(scopes: readonly Scope[]): Repair {
  return {
    text: `Only the owner of the account can create the token: open ${TOKEN_PAGE}, choose "Create API token with scopes" (not "Create API token"), the app Bitbucket, and the scopes ${scopes.join(' and ')}.`,
    commands: [],
  }
}

/** A name in the vault has at most 64 characters. */
const LONGEST_NAME = 60

/** In the vault, and the one that the plan names. A second repair for the same repository does not meet the name of the first. */
function tokenName({ repository, takenNames = [] }: Facts): string {
  const whole = repository === undefined ? 'bitbucket' : `${repository.workspace}-${repository.slug}`
  const name = whole.slice(0, LONGEST_NAME)
  if (!takenNames.includes(name)) return name
  let number = 2
  while (takenNames.includes(`${name}-${number}`)) number++
  return `${name}-${number}`
}

function giveToken(facts: Facts, text: string): Repair {
  const email = facts.email ?? emailIn(facts.username) ?? 'E-MAIL'
  return { text, commands: [`keyturn token add ${shellWord(tokenName(facts))} --email ${shellWord(email)}`] }
}

function emailIn(username: string | undefined): string | undefined {
  return username?.includes('@') === true ? username : undefined
}

/** Whether the plan puts the token of `giveToken` in place, or changes only what the bytes and Bitbucket tell it to. */
type PlanMeans = 'with the new token' | 'with what is there'

export function planAndApply(facts: Facts, text: string, means: PlanMeans = 'with what is there'): readonly Repair[] {
  const target = planTarget(facts)
  const email =
    means === 'with what is there' && !isGit(facts.use) && facts.email !== undefined
      ? ` --email ${shellWord(facts.email)}`
      : ''
  const token = means === 'with the new token' ? ` --token ${shellWord(tokenName(facts))}${replacing(facts)}` : ''
  const login = target.controller === undefined ? '' : ` --jenkins ${shellWord(target.controller)}`
  return [
    {
      text,
      commands: [`keyturn plan ${target.words}${email}${token} -o plan.json`, `keyturn apply plan.json${login}`],
    },
  ]
}

/** The plan asks what every use needs; for pushing, or for another path of REST, the credential lacks more than that. */
function replacing({ use, restPath, answers, jenkins }: Facts): string {
  // The plan asks about the project that made the branch, whose last scan may have gone well.
  if (jenkins?.itemKind === 'branch') return ' --replace'
  // The plan asks the same of Bitbucket: of a token without access nothing is wrong, and of a public repository nothing is told.
  const isKnown = Object.values(answersToCredential(answers)).some((answer) => refusedBecause(answer, 'no access'))
  if (isYes(answers['git-anonymous']) || isKnown) return ' --replace'
  const lacks = Object.values(answers).some((answer) => refusedBecause(answer, 'scope missing'))
  return lacks && (use === 'git-push' || restPath !== undefined) ? ' --replace' : ''
}

interface PlanTarget {
  readonly words: string
  /** Asked over HTTP, by `apply` as by `plan`. */
  readonly controller?: string
}

/** What `keyturn plan` has to look at: the file of the place, what the job uses, or everything of this account. */
function planTarget({ place, job: user, jenkins, repository }: Facts): PlanTarget {
  // A netrc or a store names no repository, so the plan is told the one that was asked about.
  const example = repository === undefined ? '' : ` --repository ${shellWord(repositoryUrl(repository))}`
  if (place?.at.kind === 'file' && place.consumer === 'jenkins-home' && user !== undefined)
    // The jobs in it say what a credential is for; its own file does not (docs/consumers/jenkins-home.md).
    return { words: `${shellWord(homeOfJenkins(place.at.path, itemOf(place.address)))} --job ${shellWord(user)}` }
  if (place?.at.kind === 'file') return { words: shellWord(place.at.path) + example }
  const controller = jenkins?.controller ?? (place?.at.kind === 'url' ? originOf(place.at.url) : undefined)
  if (controller === undefined) return { words: `"$HOME"${example}` }
  const item = jenkins === undefined ? undefined : configuredItem(jenkins)
  const job = item === undefined ? '' : ` --job ${shellWord(item)}`
  return { words: `--jenkins ${shellWord(controller)}${job}`, controller }
}

/** A branch job is written by the scan of the project that holds it, which is where its credential is chosen. */
function configuredItem({ item, itemKind }: JenkinsFindings): string | undefined {
  return itemKind === 'branch' ? item?.replace(/\/[^/]+$/, '') : item
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

/** The credential stays; only the name under which it is sent changes. */
export function changeUsername(facts: Facts, username: string): readonly Repair[] {
  if (facts.jenkins !== undefined && facts.place === undefined) return sameTokenInJenkins(facts, username)
  const keyturn = planAndApply(
    facts,
    `Set the username to ${username} where the credential is stored; the secret stays.`,
  )
  const pinned = facts.chain?.pinned
  if (facts.place !== undefined && facts.chain !== undefined && pinned !== undefined && pinned.username !== username)
    return [...keyturn, ...unpin(facts.chain, pinned)]
  if (facts.place !== undefined) return keyturn
  const first = facts.chain?.sources.find(({ standing }) => standing === 'sent first')
  if (first !== undefined && isDefaultOfNetrc(first)) return beforeDefault(facts, first).slice(1)
  const helper = helperWithoutFile(facts)
  if (helper !== undefined && facts.chain !== undefined)
    return [forgetInHelper(helper, undefined), storeWithGit(facts.chain.url, facts.chain)]
  const elsewhere = outOfUrl(facts, first, username)
  if (elsewhere !== undefined) return elsewhere
  const url = facts.repository === undefined ? undefined : repositoryUrl(facts.repository)
  const check = url === undefined ? [] : [`git ls-remote ${shellWord(url.replace('https://', `https://${username}@`))}`]
  return [
    { text: `Use the username ${username} with the same secret. Git asks for the secret.`, commands: check },
    ...keyturn,
  ]
}

/** Jenkins shows no secret, and takes a credential only whole: the username is changed by storing the same token anew. */
function sameTokenInJenkins(facts: Facts, username: string): readonly Repair[] {
  return [
    giveToken(facts, 'Give the token that is in the credential to keyturn; it stays. It is read from a hidden prompt.'),
    ...planAndApply(facts, `Store it under the username ${username}.`, 'with the new token'),
  ]
}

/**
 * Git asks, and its helper keeps the answer; `ls-remote` alone would keep it after a 200 only, and a 403 has another cause than the
 * credential. A helper that is there is left alone, unless it keeps nothing.
 */
export function storeWithGit(
  url: string,
  chain?: Pick<GitChain, 'keeps' | 'home'>,
  username = API_TOKEN_GIT_USERNAME,
): Repair {
  const named = username === API_TOKEN_GIT_USERNAME ? url : url.replace('https://', `https://${username}@`)
  const account = chain?.home === undefined ? '' : `HOME=${shellWord(chain.home)} `
  return {
    text: `Store it with git, which asks for the username (${username}) and for the token. Without a helper of your own, it is kept in ~/.git-credentials.`,
    commands: [
      ...makeRoom(chain?.keeps),
      keepingHelper(chain?.keeps, account),
      `printf 'url=%s\\n\\n' ${shellWord(named)} | ${account}git credential fill | ${account}git credential approve`,
      `${account}git ls-remote ${shellWord(url)}`,
    ],
  }
}

/** A helper that stops git, or never answers, stands before every other. */
function makeRoom(keeps: GitChain['keeps']): readonly string[] {
  if (keeps?.kind !== 'blocked' || keeps.line === undefined) return []
  return [`sed -i ${keeps.line.number}d ${shellWord(keeps.line.file)}`]
}

function keepingHelper(keeps: GitChain['keeps'], account: string): string {
  if (keeps?.kind === 'nowhere' && keeps.setting !== undefined)
    return `git config --file ${shellWord(keeps.setting.file)} --add ${shellWord(keeps.setting.key)} store`
  const ask = `${account}git config --get-urlmatch credential.helper https://bitbucket.org`
  // An empty value is none.
  return `${ask} | grep -q . || ${account}git config --global credential.helper store`
}

/** The same repairs as a second way: its first text begins with "Or", by which a reader knows where the first way ends. */
export function otherwise(repairs: readonly Repair[], way: string): readonly Repair[] {
  return repairs.map((repair, index) => (index === 0 ? { ...repair, text: `${way} ${repair.text}` } : repair))
}

/** Git's own way to make a helper forget. It does so by itself after a 401, and never after a 410. */
export function forgetInHelper(source: Source, home: string | undefined): Repair {
  if (source.setting !== undefined) return unsetHelper(source, source.setting)
  const user = source.username === undefined ? '' : `username=${printfText(source.username)}\\n`
  const scope = home === undefined ? '' : `HOME=${shellWord(home)} `
  return {
    text: `Make the credential helper forget the old credential${home === undefined ? '' : ' of that account'}.`,
    commands: [`printf 'protocol=https\\nhost=bitbucket.org\\n${user}\\n' | ${scope}git credential reject`],
  }
}

/** A script may answer and never forget; whether it does is seen by asking it to. */
function ifItKeepsNothing({ setting, where }: Source): readonly Repair[] {
  if (setting !== undefined) return []
  return [
    {
      text: `Or, if git still sends the old one, the helper does not forget: take it out of the configuration (${where}), and store the token as above.`,
      commands: [],
    },
  ]
}

/** `!f() { echo password=…; }`: the setting is the credential. The pattern leaves other helpers, and names no secret. */
function unsetHelper({ where }: Source, setting: NonNullable<Source['setting']>): Repair {
  return unsetSetting(setting, `Remove the helper that has the secret written into it: ${where}.`, '^!.*password=')
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

/** Bitbucket has one text for somebody without permission, for a token limited to another workspace, and for a repository that is absent. */
export function giveAccess(facts: Facts): readonly Repair[] {
  const grant = grantAccess(facts)
  if (facts.shape === undefined) return [grant]
  const replace = replaceCredential(facts)
  if (facts.shape.kind === 'access-token') return [grant, ...replace]
  if (facts.shape.kind !== 'api-token') return [grant]
  return [grant, ...otherwise(replace, 'Or the token was limited to another workspace when it was created.')]
}

function grantAccess(facts: Facts): Repair {
  if (facts.repository === undefined && facts.use === 'rest' && facts.shape?.kind !== 'access-token')
    return {
      text: 'An administrator of the workspace makes the owner of the token a member of it, or gives access to what was asked for. Check the spelling of the URL first.',
      commands: [],
    }
  const { workspace, slug } = facts.repository ?? { workspace: 'WORKSPACE', slug: 'REPOSITORY' }
  const permission = facts.use === 'git-push' ? 'write' : 'read'
  if (facts.shape?.kind === 'access-token')
    return {
      text: `An access token opens the repository, the project or the workspace that it was created in, and nothing else: create one for ${workspace}/${slug}, or use an API token, as below. Check the spelling of ${workspace}/${slug} first.`,
      commands: [],
    }
  return {
    text: `An administrator of the workspace gives the owner of the token the ${permission} permission: https://bitbucket.org/${encodeURIComponent(workspace)}/${encodeURIComponent(slug)}/admin/permissions. Check the spelling of ${workspace}/${slug} first.`,
    commands: [],
  }
}

export const GIT_USERNAME = API_TOKEN_GIT_USERNAME
