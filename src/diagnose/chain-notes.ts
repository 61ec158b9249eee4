import { neutralise } from '../bitbucket/evidence-text.ts'
import { parseRepositoryUrl } from '../bitbucket/repository-url.ts'
import type { Context } from '../model/ports.ts'
import { bytesOf, type GitScene, type GitSetting, runGit, topOf } from './git-settings.ts'
import { remoteName, type Side, type Target, withoutUserinfo } from './git-target.ts'
import { urlsOfRemote } from './remote-urls.ts'
import { collectedByGit, named, whereOf } from './setting-match.ts'
import { shellWord } from './shell-word.ts'

/** What is no credential, and is worth a look when one fails. */
export interface Note {
  readonly where: string
  readonly text: string
}

export interface Surveyed {
  readonly target: Target
  readonly settings: readonly GitSetting[]
  readonly scene: GitScene
  readonly context: Context
  readonly side: Side
}

export async function chainNotes(surveyed: Surveyed): Promise<readonly Note[]> {
  return [
    ...(await transportNotes(surveyed)),
    ...environmentNotes(surveyed),
    ...(await otherUrls(surveyed)),
    ...(await largeFiles(surveyed)),
    ...submodules(surveyed),
  ]
}

const TRANSPORT: readonly {
  readonly name: string
  readonly say: (value: string) => string | undefined
}[] = [
  { name: 'proxy', say: proxyWords },
  {
    name: 'cookiefile',
    say: () => 'http.cookieFile sends the cookies of a file as well; a cookie is no credential of Bitbucket',
  },
  {
    name: 'sslverify',
    say: (value) =>
      /^(false|no|off|0)$/i.test(value)
        ? 'http.sslVerify is off: whoever stands between can read the credential'
        : undefined,
  },
  { name: 'sslcainfo', say: () => 'http.sslCAInfo names the certificates that git trusts' },
  {
    name: 'emptyauth',
    say: (value) => (/^(true|yes|on|1)$/i.test(value) ? 'http.emptyAuth sends an empty username first' : undefined),
  },
]

async function transportNotes({ target, settings, scene, context }: Surveyed): Promise<readonly Note[]> {
  const notes: Note[] = []
  for (const { name, say } of TRANSPORT) {
    const candidates = named(settings, 'http', name)
    const setting = (await collectedByGit(candidates, name, target.parsed, scene, context)).at(-1)
    const text = setting === undefined ? undefined : say(setting.value)
    if (setting !== undefined && text !== undefined) notes.push({ where: whereOf(setting), text })
  }
  const own =
    target.remote && settings.find(({ key }) => target.remote && key === `remote.${remoteName(target.remote)}.proxy`)
  return own === undefined ? notes : [...notes, { where: whereOf(own), text: proxyWords(own.value) ?? '' }]
}

function proxyWords(value: string): string | undefined {
  if (value === '') return undefined
  return value.includes('@')
    ? 'http.proxy names a proxy with a login of its own, which is no credential of Bitbucket'
    : 'http.proxy names a proxy between git and Bitbucket'
}

/** Each of these beats the setting of the same meaning (git, http.c: get_curl_handle, http_init). */
const ENVIRONMENT: readonly (readonly [name: string, text: string])[] = [
  ['GIT_SSL_NO_VERIFY', 'git checks no certificate: whoever stands between can read the credential'],
  ['GIT_SSL_CAINFO', 'the certificates that git trusts; it beats http.sslCAInfo'],
  ['GIT_SSL_CAPATH', 'the certificates that git trusts; it beats http.sslCAPath'],
  ['GIT_SSL_CERT', 'a certificate of the client; it beats http.sslCert'],
  ['GIT_PROXY_SSL_CAINFO', 'the certificates that git trusts in a proxy'],
  ['GIT_CONFIG_GLOBAL', 'git reads this file in place of ~/.gitconfig'],
  ['GIT_CONFIG_SYSTEM', 'git reads this file in place of that of the machine'],
  ['GIT_CONFIG_NOSYSTEM', 'git does not read the configuration of the machine'],
]

function environmentNotes({ scene, context }: Surveyed): readonly Note[] {
  if (scene.home !== undefined) return [] // whoever runs git there has another environment
  const environment = context.system.processes.environment()
  return ENVIRONMENT.filter(([name]) => environment[name]).map(([name, text]) => ({
    where: `${name} in the environment`,
    text,
  }))
}

async function otherUrls({ target, scene, context, side }: Surveyed): Promise<readonly Note[]> {
  if (target.remote === undefined) return []
  const name = remoteName(target.remote)
  const urls = await urlsOfRemote(name, scene, context, side)
  const notes: Note[] = []
  if (urls.length > 1)
    notes.push({
      where: `remote ${name}`,
      text:
        side === 'push'
          ? `git pushes to ${urls.length} URLs; only the first was looked at: ${urls.slice(1).map(bareWords).join(', ')}`
          : `git fetches from the first of ${urls.length} URLs`,
    })
  const [pushed] = side === 'fetch' ? await urlsOfRemote(name, scene, context, 'push') : []
  if (pushed !== undefined && pushed !== urls[0])
    notes.push({
      where: `remote ${name}`,
      text: `git pushes to another URL than it fetches from: ${bareWords(pushed)}. Ask with --operation push`,
    })
  return notes
}

function bareWords(url: string): string {
  return neutralise(withoutUserinfo(url))
}

/** Git LFS asks the same helpers, for a URL of its own (git-lfs, docs/man/git-lfs-config.adoc: lfs.url, remote.<name>.lfsurl). */
async function largeFiles(surveyed: Surveyed): Promise<readonly Note[]> {
  const { settings, target } = surveyed
  const own = await largeFileUrl(surveyed)
  const access = settings.filter(({ key, value }) => /^lfs\..+\.access$/.test(key) && value.toLowerCase() === 'none')
  const shown = own === undefined ? [] : [largeFileNote(own, target, surveyed.context)]
  return [
    ...shown,
    ...access.map((setting) => ({
      where: whereOf(setting),
      text: 'Git LFS sends no credential to this URL (access is none)',
    })),
  ]
}

function largeFileNote({ value, where }: { value: string; where: string }, target: Target, context: Context): Note {
  const bare = bareWords(value)
  const host = /^https:\/\/(?:[^/]*@)?([^/:]+)/i.exec(value)?.[1]
  const repository = parseRepositoryUrl(value.replace(/\/info\/lfs\/?$/, ''), context.seal)?.repository
  const isOwn =
    repository?.slug === target.parsed.repository.slug && repository.workspace === target.parsed.repository.workspace
  if (host !== 'bitbucket.org') return { where, text: `Git LFS asks ${bare}, which is not Bitbucket` }
  return {
    where,
    text: `Git LFS asks ${bare}${isOwn ? '' : ', another repository'}, with the credential of the same helpers${/\/\/[^/]*@/.test(value) ? ' or of its own userinfo' : ''}`,
  }
}

/** `lfs.url`, then that of the remote; git's own configuration before the file of the repository. */
async function largeFileUrl({ settings, target, scene, context }: Surveyed) {
  const remote = target.remote === undefined ? 'origin' : remoteName(target.remote)
  const keys = ['lfs.url', `remote.${remote}.lfsurl`]
  for (const key of keys) {
    const setting = settings.findLast((one) => one.key === key)
    if (setting !== undefined) return { value: setting.value, where: whereOf(setting) }
  }
  const top = await topOf(context, scene)
  if (top === undefined) return undefined
  const file = `${top}/.lfsconfig`
  if ((await bytesOf(context, file)).length === 0) return undefined
  for (const key of keys) {
    const { stdout } = await runGit(context, scene, ['config', '--file', file, '--get', key])
    if (stdout.trim() !== '') return { value: stdout.trim(), where: file }
  }
  return undefined
}

/** A submodule has a URL of its own, and git asks for its credential by that one, with the configuration of its own clone. */
function submodules({ settings, scene }: Surveyed): readonly Note[] {
  const urls = settings.filter(({ key }) => /^submodule\..+\.url$/.test(key))
  return urls.map((setting) => ({
    where: whereOf(setting),
    text: `the submodule ${neutralise(setting.key.slice('submodule.'.length, -'.url'.length))} is fetched from ${bareWords(setting.value)}${hasUserinfo(setting.value) ? ', with userinfo' : ''}. Ask for it alone: keyturn doctor ${shellWord(bareWords(setting.value))} --folder ${shellWord(`${scene.folder ?? '.'}/${setting.key.slice('submodule.'.length, -'.url'.length)}`)}`,
  }))
}

function hasUserinfo(url: string): boolean {
  return /\/\/[^/]*@/.test(url)
}
