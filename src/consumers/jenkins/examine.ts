import type { Failure } from '../../model/failure.ts'
import type { ItemKind, JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import { checkBranchSource, checkUrlDifferential, type UrlCheck } from './check-url.ts'
import type { JenkinsClient } from './client.ts'
import { ownedByCode } from './configuration-as-code.ts'
import { openController } from './connect.ts'
import { type ControllerMemory, checkKey, newMemory } from './controller-memory.ts'
import { gapOf } from './gap.ts'
import { type ItemReference, itemReferences } from './item-config.ts'
import { itemConfig } from './item-document.ts'
import { branchSourceWorkspace, isPlainJob, itemKind, sshRemote } from './item-kind.ts'
import { attempt, type Item, mapBounded, walkItems } from './items.ts'
import { readLastBuild, type ToldBuild, withConsole } from './last-build.ts'
import { readLastScan } from './last-scan.ts'
import { plainWords } from './plain-words.ts'
import { askPlugins } from './plugin-versions.ts'
import { percentDecoded, withoutCredential } from './remote-url.ts'
import { type Resolved, resolveCredential, type Taker } from './resolve.ts'
import { storedSecretSize } from './stored-secret-size.ts'

/**
 * What the controller tells about one job and the credential it uses. What it refuses is listed, and hides nothing else. With a memory
 * of this controller, what an earlier examination was told is not asked again. `scanned`: the remote of a plain job, as a scan read it.
 */
export async function examineJob(
  login: ControllerLogin,
  item: string,
  context: Context,
  memory = newMemory(),
  scanned?: ItemReference,
): Promise<JenkinsFindings> {
  const client = openController(login, context)
  const known = scanned === undefined ? {} : { scanned }
  return examine({ client, item, credentialId: undefined, gaps: [], now: now(context), memory, ...known })
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
  return examine({ client, item: job, credentialId, gaps, now: now(context), memory: newMemory() })
}

const now = ({ system }: Context): Date => system.clock.now()

interface Examination {
  readonly client: JenkinsClient
  readonly item: string | undefined
  /** Absent: whichever the job names. */
  readonly credentialId: string | undefined
  readonly gaps: Failure[]
  readonly now: Date
  readonly memory: ControllerMemory
  readonly scanned?: ItemReference
}

async function examine(examination: Examination): Promise<JenkinsFindings> {
  const { client, item, credentialId, gaps, now, memory, scanned } = examination
  const plain =
    item === undefined || scanned === undefined ? undefined : await readScanned(client, item, scanned, memory)
  const read = plain ?? (item === undefined ? undefined : await readItem(client, item, credentialId, gaps))
  const unreachable = gaps.find(({ code }) => code === 'R401' || code === 'R402')
  if (unreachable !== undefined) throw unreachable
  const reference = read?.reference
  const id = credentialId ?? reference?.credentialsId
  const plugins = await pluginVersions(client, memory, gaps)
  const lookup = {
    item,
    id,
    taker: takerOf(item, read),
    ...(read?.isFolder === undefined ? {} : { isFolder: read.isFolder }),
  }
  const { resolution, nearest, element } = await resolutionOf(
    { client, memory },
    lookup,
    read !== undefined || credentialId !== undefined,
    gaps,
  )
  const stored = nearest === undefined ? undefined : await storedSecretSize(client, nearest, element, gaps)
  const owned =
    nearest?.store.kind === 'system' ? await ownedByCode(client, nearest.id, plugins, memory, gaps) : undefined
  const past = await pastOf({ client, item, gaps, now }, read)
  const checked = await checkedBy({ client, memory }, { item, id, read, gaps })
  const version = client.version()
  return {
    controller: client.baseUrl,
    ...(version === undefined ? {} : { version: plainWords(version) }),
    ...(item === undefined ? {} : { item }),
    ...(read === undefined ? {} : { itemKind: read.kind }),
    ...urlFields(reference),
    ...(read?.sshUrl === undefined ? {} : { sshUrl: read.sshUrl }),
    ...(id === undefined ? {} : { credentialId: id }),
    resolution,
    ...past,
    ...checked,
    ...(stored === undefined ? {} : { storedSecret: stored }),
    ...(owned === undefined ? {} : { ownedByCode: owned }),
    plugins,
    gaps: gaps.map(gapText),
  }
}

/** Git offers a narrower list of credentials than Branch Source; a branch job resolves as the source that made it. */
function takerOf(item: string | undefined, read: ReadItem | undefined): Taker {
  if (item === undefined) return 'anybody'
  return read?.workspace === undefined ? 'git' : 'branch source'
}

async function pastOf(
  { client, item, gaps, now }: Pick<Examination, 'client' | 'item' | 'gaps' | 'now'>,
  read: ReadItem | undefined,
): Promise<Pick<JenkinsFindings, 'lastBuild' | 'lastScan'>> {
  if (item === undefined) return {}
  const lastScan = await readLastScan(client, item, read?.kind, gaps)
  const isJob = read === undefined || read.kind === 'job' || read.kind === 'branch'
  const lastBuild = isJob ? await buildOf(client, item, read, now, gaps) : undefined
  return { ...(lastBuild === undefined ? {} : { lastBuild }), ...(lastScan === undefined ? {} : { lastScan }) }
}

function buildOf(
  client: JenkinsClient,
  item: string,
  read: ReadItem | undefined,
  now: Date,
  gaps: Failure[],
): Promise<JenkinsFindings['lastBuild']> {
  if (read?.told === undefined) return readLastBuild(client, item, now, gaps)
  const { lastBuild } = read.told
  return lastBuild === undefined ? Promise.resolve(undefined) : withConsole(client, item, lastBuild, now, gaps)
}

interface Checked {
  readonly item: string | undefined
  readonly id: string | undefined
  readonly read: ReadItem | undefined
  readonly gaps: Failure[]
}

/** The two forms of the controller: git as it is stored, and whether Branch Source knows the form of the credential. */
async function checkedBy(
  { client, memory }: Pick<Examination, 'client' | 'memory'>,
  { item, id, read, gaps }: Checked,
): Promise<Pick<JenkinsFindings, 'checkUrl' | 'branchSource'>> {
  const url = read?.reference === undefined ? undefined : urlOf(read.reference)
  const check = url ? { item, url, credentialsId: id ?? '' } : undefined
  const ask = (asked: UrlCheck) => () => checkUrlDifferential(client, asked, memory.refusals)
  const checkUrl = check && (await attempt(gaps, () => memory.checks.once(checkKey(check), ask(check))))
  const workspace = read?.workspace
  const form =
    workspace === undefined || id === undefined
      ? undefined
      : await attempt(gaps, () => checkBranchSource(client, item, id))
  return {
    ...(checkUrl === undefined ? {} : { checkUrl }),
    ...(workspace === undefined ? {} : { branchSource: { workspace, ...(form === undefined ? {} : { check: form }) } }),
  }
}

/** What the configuration of an item says. */
interface ReadItem {
  readonly kind: ItemKind
  /** The first remote at Bitbucket, or the one that names the credential in question. */
  readonly reference: ItemReference | undefined
  /** Of a Branch Source. */
  readonly workspace: string | undefined
  readonly sshUrl: string | undefined
  /** Absent: its class does not tell. */
  readonly isFolder?: boolean
  /** What was told of its last build already. */
  readonly told?: { readonly lastBuild: ToldBuild | undefined }
}

/** The configuration was read by the scan. */
async function readScanned(
  client: JenkinsClient,
  item: string,
  reference: ItemReference,
  { builds }: ControllerMemory,
): Promise<ReadItem | undefined> {
  const told = await builds.of(client, item)
  if (told === undefined) return undefined
  return { kind: 'job', reference, workspace: undefined, sshUrl: undefined, isFolder: false, told }
}

async function readItem(
  client: JenkinsClient,
  item: string,
  credentialId: string | undefined,
  gaps: Failure[],
): Promise<ReadItem | undefined> {
  const config = await attempt(gaps, async () => {
    const read = await itemConfig(client, item)
    if (read !== undefined) return read
    throw gapOf(client, 'HTTP 404: no such job, or it is not shown', item)
  })
  if (config === undefined) return undefined
  const references = itemReferences(config)
  const named = references.find((reference) => reference.credentialsId === credentialId)
  const main = (credentialId === undefined ? undefined : named) ?? references[0]
  const sshUrl = main === undefined ? sshRemote(config) : undefined
  if (main === undefined && sshUrl === undefined)
    gaps.push(gapOf(client, 'its configuration names no repository at Bitbucket', item))
  const own = isPlainJob(config) ? { isFolder: false } : {}
  return { kind: itemKind(config), reference: main, workspace: branchSourceWorkspace(config, main), sshUrl, ...own }
}

interface Asked {
  readonly item: string | undefined
  readonly id: string | undefined
  readonly taker: Taker
  readonly isFolder?: boolean
}

async function resolutionOf(
  { client, memory }: Pick<Examination, 'client' | 'memory'>,
  { id, ...asked }: Asked,
  configRead: boolean,
  gaps: Failure[],
): Promise<Pick<Resolved, 'resolution' | 'nearest' | 'element'>> {
  if (id === undefined) {
    const unread = { kind: 'unknown', because: 'the configuration of the job could not be read' } as const
    return { resolution: configRead ? { kind: 'none selected' } : unread }
  }
  if (id.includes('$')) return { resolution: { kind: 'unknown', because: 'a build parameter chooses the credential' } }
  const resolved = await resolveCredential(client, { credentialId: id, ...asked }, memory)
  gaps.push(...resolved.gaps)
  return resolved
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

async function pluginVersions(
  client: JenkinsClient,
  { plugins }: ControllerMemory,
  gaps: Failure[],
): Promise<Readonly<Record<string, string>>> {
  return (await attempt(gaps, () => plugins.once('', () => askPlugins(client)))) ?? {}
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
  return gapOf(client, `not examined, but naming it too: ${list.join(', ')}${more}`)
}

function gapText({ code, parts }: Failure): string {
  return `${parts.at ?? ''}: ${parts.because ?? code}`.replace(/^: /, '')
}
