import { z } from 'zod'
import { Failure } from '../../model/failure.ts'
import type { CredentialResolution, JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import { checkUrlDifferential } from './check-url.ts'
import type { JenkinsClient } from './client.ts'
import { openController } from './connect.ts'
import { itemPath, pageOf } from './controller-path.ts'
import { type ItemReference, itemReferences } from './item-config.ts'
import { attempt, type Item, mapBounded, walkItems } from './items.ts'
import { itemConfig } from './job-url-place.ts'
import { plainWords } from './plain-words.ts'
import { percentDecoded, withoutCredential } from './remote-url.ts'
import { resolveCredential } from './resolve.ts'

/** What the controller tells about one job and the credential it uses. What it refuses is listed, and hides nothing else. */
export async function examineJob(login: ControllerLogin, item: string, context: Context): Promise<JenkinsFindings> {
  return examine({ client: openController(login, context), item, credentialId: undefined, gaps: [] })
}

/** As `examineJob`, for a credential; without a job, the first one that names it is taken. */
export async function examineCredential(
  login: ControllerLogin,
  credentialId: string,
  item: string | undefined,
  context: Context,
): Promise<JenkinsFindings> {
  const client = openController(login, context)
  const gaps: Failure[] = []
  const job = item ?? (await firstJobWith(client, credentialId, gaps))
  return examine({ client, item: job, credentialId, gaps })
}

interface Examination {
  readonly client: JenkinsClient
  readonly item: string | undefined
  /** Absent: whichever the job names. */
  readonly credentialId: string | undefined
  readonly gaps: Failure[]
}

async function examine({ client, item, credentialId, gaps }: Examination): Promise<JenkinsFindings> {
  const reference = item === undefined ? undefined : await mainReference(client, item, credentialId, gaps)
  const unreachable = gaps.find(({ code }) => code === 'R401' || code === 'R402')
  if (unreachable !== undefined) throw unreachable
  const id = credentialId ?? reference?.credentialsId
  const plugins = await pluginVersions(client, gaps)
  const resolution = await resolutionOf(client, item, id, reference !== undefined || credentialId !== undefined, gaps)
  const url = reference === undefined ? undefined : urlOf(reference)
  const lastBuild = item === undefined ? undefined : await readLastBuild(client, item, gaps)
  const checked =
    url && (await attempt(gaps, () => checkUrlDifferential(client, { item, url, credentialsId: id ?? '' })))
  const version = client.version()
  return {
    controller: client.baseUrl,
    ...(version === undefined ? {} : { version: plainWords(version) }),
    ...(item === undefined ? {} : { item }),
    ...urlFields(reference),
    ...(id === undefined ? {} : { credentialId: id }),
    resolution,
    ...(lastBuild === undefined ? {} : { lastBuild }),
    ...(checked === undefined || checked === '' ? {} : { checkUrl: checked }),
    plugins,
    gaps: gaps.map(gapText),
  }
}

/** The first remote at Bitbucket, or the one that names the credential in question. */
async function mainReference(
  client: JenkinsClient,
  item: string,
  credentialId: string | undefined,
  gaps: Failure[],
): Promise<ItemReference | undefined> {
  const config = await attempt(gaps, async () => {
    const read = await itemConfig(client, item)
    if (read !== undefined) return read
    throw new Failure('R111', {
      at: client.baseUrl + itemPath(item),
      because: 'HTTP 404: no such job, or it is not shown',
    })
  })
  if (config === undefined) return undefined
  const references = itemReferences(config)
  const named = references.find((reference) => reference.credentialsId === credentialId)
  const main = (credentialId === undefined ? undefined : named) ?? references[0]
  if (main === undefined) gaps.push(noRemote(client, item))
  return main
}

function noRemote(client: JenkinsClient, item: string): Failure {
  return new Failure('R111', {
    at: client.baseUrl + itemPath(item),
    because: 'its configuration names no repository at Bitbucket',
  })
}

async function resolutionOf(
  client: JenkinsClient,
  item: string | undefined,
  credentialId: string | undefined,
  configRead: boolean,
  gaps: Failure[],
): Promise<CredentialResolution> {
  if (credentialId === undefined) {
    return configRead
      ? { kind: 'none selected' }
      : { kind: 'unknown', because: 'the configuration of the job could not be read' }
  }
  if (credentialId.includes('$')) return { kind: 'unknown', because: 'a build parameter chooses the credential' }
  const resolved = await resolveCredential(client, { credentialId, item })
  gaps.push(...resolved.gaps)
  return resolved.resolution
}

/** The URL that Jenkins gives to git, `user@` included. */
function urlOf(reference: ItemReference): string | undefined {
  if (reference.kind !== 'branch source') return reference.text
  const { repository } = reference
  return repository && `https://bitbucket.org/${repository.workspace}/${repository.slug}.git`
}

function urlFields(
  reference: ItemReference | undefined,
): Pick<JenkinsFindings, 'url' | 'urlUsername' | 'urlHasSecret'> {
  if (reference === undefined) return { urlHasSecret: false }
  if (reference.kind === 'branch source') {
    const url = urlOf(reference)
    return url === undefined ? { urlHasSecret: false } : { url, urlHasSecret: false }
  }
  const { username, password } = reference.url
  return {
    url: withoutCredential(reference.url),
    ...(username === undefined ? {} : { urlUsername: percentDecoded(username) }),
    urlHasSecret: password !== undefined,
  }
}

const plugin = z.object({ shortName: z.string(), version: z.string() })

async function pluginVersions(client: JenkinsClient, gaps: Failure[]): Promise<Readonly<Record<string, string>>> {
  const answer = await attempt(gaps, () => client.json('/pluginManager', 'plugins[shortName,version]'))
  const read = z.object({ plugins: z.array(plugin) }).safeParse(answer)
  return read.success ? Object.fromEntries(read.data.plugins.map(({ shortName, version }) => [shortName, version])) : {}
}

const build = z.object({ number: z.number(), result: z.string().nullish() })

async function readLastBuild(
  client: JenkinsClient,
  item: string,
  gaps: Failure[],
): Promise<JenkinsFindings['lastBuild']> {
  const answer = await attempt(gaps, () => client.json(pageOf(item, 'lastBuild'), 'number,result'))
  const read = build.safeParse(answer)
  if (!read.success) return undefined
  const { number, result } = read.data
  const console = await attempt(gaps, () => client.get(pageOf(item, `${number}/consoleText`)))
  if (console === undefined) return undefined
  return { number, result: result ?? 'RUNNING', text: consoleWords(Buffer.from(console).toString('utf8')) }
}

const HEAD = 64 * 1024
const TAIL = 192 * 1024

/** Without console notes and colours; passwords in URLs are cut out, and the middle of very long logs is left out. */
export function consoleWords(log: string): string {
  const bounded = log.length > HEAD + TAIL ? `${log.slice(0, HEAD)}\n…\n${log.slice(-TAIL)}` : log
  return bounded
    .replace(/\u001b\[8mha:[^\u001b\n]*\u001b\[0m/g, '')
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/(\bhttps?:\/\/[^\s/:@]*):[^\s/]*@/gi, '$1:…@')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

async function firstJobWith(client: JenkinsClient, id: string, gaps: Failure[]): Promise<string | undefined> {
  const tree = await attempt(gaps, () => walkItems(client))
  if (tree === undefined) return undefined
  gaps.push(...tree.gaps)
  const uses = await mapBounded(tree.items, async (item) => ((await names(client, item, id, gaps)) ? [item] : []))
  const [first, ...others] = uses.flat()
  if (others.length > 0) gaps.push(alsoNamedBy(client, others))
  return first?.fullName
}

async function names(client: JenkinsClient, item: Item, id: string, gaps: Failure[]): Promise<boolean> {
  const config = await attempt(gaps, () => itemConfig(client, item.fullName))
  return config !== undefined && itemReferences(config).some((reference) => reference.credentialsId === id)
}

function alsoNamedBy(client: JenkinsClient, others: readonly Item[]): Failure {
  const list = others.slice(0, 5).map(({ fullName }) => fullName)
  const more = others.length > list.length ? ` and ${others.length - list.length} more` : ''
  return new Failure('R111', {
    at: client.baseUrl,
    because: `not examined, but naming it too: ${list.join(', ')}${more}`,
  })
}

function gapText({ code, parts }: Failure): string {
  return `${parts.at ?? ''}: ${parts.because ?? code}`.replace(/^: /, '')
}
