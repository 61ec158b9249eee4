import { Failure } from '../../model/failure.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { Place } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import type { Repository, Use } from '../../model/use.ts'
import { parseAddress, type Store, storeName } from './address.ts'
import {
  checkUrlDifferential,
  checkUrlWith,
  checkUrlWithout,
  type Differential,
  isRefusedPair,
  NOT_ASKED,
  type UrlCheck,
} from './check-url.ts'
import type { JenkinsClient } from './client.ts'
import { loginFor, openController } from './connect.ts'
import { type ControllerMemory, checkKey, newMemory, storedKey } from './controller-memory.ts'
import { examineJob } from './examine.ts'
import type { ItemReference } from './item-config.ts'
import { readRemoteUrl } from './remote-url.ts'

/** Examines many credentials with as few questions as their cases allow. */
export interface Survey {
  /**
   * Findings of a stored credential that works for git: the controller fetches a repository with it, and not without it. `undefined`: that is
   * not so, or these two cannot tell, and the job has to be examined.
   */
  readonly working: (place: Place) => Promise<JenkinsFindings | undefined>
  /** Everything about the job that uses it, as the doctor asks; what is the same for the whole controller is asked once. */
  readonly examine: (place: Place, item: string) => Promise<JenkinsFindings>
}

/** Whether Bitbucket refuses a repository to everybody without a credential; `false` where that is not known. */
export type IsPrivate = (repository: Repository) => Promise<boolean>

/** `pinned`: who fetches under a username of a URL, so that the stored one is not what is sent (`Use.by`). */
export function openSurvey(context: Context, pinned: ReadonlySet<string>, isPrivate: IsPrivate): Survey {
  const memories = new Map<ControllerLogin, ControllerMemory>()
  const memoryOf = (login: ControllerLogin): ControllerMemory => {
    const memory = memories.get(login) ?? newMemory()
    memories.set(login, memory)
    return memory
  }
  return {
    working: async (place) => {
      const use = place.uses.find(({ repository }) => repository !== undefined)
      const asks = place.uses.every((each) => isPlainGit(each) && !pinned.has(each.by))
      return use === undefined || !asks ? undefined : workingFindings(place, use, { context, memoryOf, isPrivate })
    },
    examine: async (place, item) => {
      const login = loginFor(place, context)
      const address = parseAddress(place.address)
      const size = place.secret?.size
      if (address.kind === 'credential' && size !== undefined) memoryOf(login).sizes.set(storedKey(address), size)
      const isPlain = place.uses.every((each) => isPlainGit(each) && !pinned.has(each.by))
      return examineJob(login, item, context, memoryOf(login), isPlain ? scannedRemote(place, item) : undefined)
    },
  }
}

/** The remote of this job that names the credential, as the scan has told it. */
function scannedRemote(place: Place, item: string): ItemReference | undefined {
  const address = parseAddress(place.address)
  const use = place.uses.find(({ by, repository }) => by === `job ${item}` && repository !== undefined)
  if (address.kind !== 'credential' || use?.repository === undefined) return undefined
  const text = urlOf(use.repository)
  const url = readRemoteUrl(text)
  return url === undefined ? undefined : { kind: 'script', url, text, credentialsId: address.id }
}

function urlOf({ workspace, slug }: Repository): string {
  return `https://bitbucket.org/${workspace}/${slug}.git`
}

function isPlainGit({ operation, by }: Use): boolean {
  return operation === 'git-fetch' && /^job /.test(by) && !by.endsWith(' (Branch Source)')
}

interface Asking {
  readonly context: Context
  readonly isPrivate: IsPrivate
  readonly memoryOf: (login: ControllerLogin) => ControllerMemory
}

async function workingFindings(
  place: Place,
  { by, repository }: Use,
  { context, memoryOf, isPrivate }: Asking,
): Promise<JenkinsFindings | undefined> {
  const address = parseAddress(place.address)
  if (address.kind !== 'credential' || repository === undefined) return undefined
  const login = loginFor(place, context)
  const client = openController(login, context)
  const item = by.replace(/^job /, '')
  const url = urlOf(repository)
  const check = { item, url, credentialsId: address.id }
  const asked: Asked = { client, check, repository, memory: memoryOf(login), isPrivate }
  const folder = sharedFolder(address.store, item)
  const ask = () => (folder === undefined ? askedAlone(asked) : askedInFolder(asked, folder))
  const checkUrl = await asked.memory.checks.once(checkKey(check), ask).catch(nothing)
  if (checkUrl?.with.kind !== 'connected' || checkUrl.without.kind !== 'failed') return undefined
  const username = place.username?.text
  return {
    controller: client.baseUrl,
    item,
    itemKind: 'job',
    url,
    urlHasSecret: false,
    credentialId: address.id,
    resolution: {
      kind: 'found',
      store: storeName(address.store),
      typeName: username === undefined ? 'Secret text' : 'Username with password',
      ...(username === undefined ? {} : { username }),
      shadows: [],
    },
    checkUrl,
    plugins: {},
    gaps: [],
  }
}

interface Asked {
  readonly client: JenkinsClient
  readonly check: UrlCheck & { readonly item: string }
  readonly repository: Repository
  readonly memory: ControllerMemory
  readonly isPrivate: IsPrivate
}

/** The folder of the job, where it is given the same credential as the job: one of the job's own would be nearer. */
function sharedFolder(store: Store, item: string): string | undefined {
  const end = item.lastIndexOf('/')
  if (end < 0 || store.kind === 'user' || (store.kind === 'folder' && store.folder === item)) return undefined
  return item.slice(0, end)
}

function askedAlone({ client, check, memory }: Asked): Promise<Differential> {
  return checkUrlDifferential(client, check, memory.refusals)
}

/**
 * The folder is asked in place of each of its jobs, so that what holds for all of them is asked once: that this login may ask, and that git
 * on the controller has no credential of its own for this workspace. A login that may not ask is answered as if it had connected, and the
 * refusal without a credential tells the two apart. That the repository is private, Bitbucket tells. Where one of these does not
 * hold, the job is asked.
 */
async function askedInFolder(asked: Asked, folder: string): Promise<Differential> {
  const { client, check, repository, memory } = asked
  if (!(await asked.isPrivate(repository))) return askedAlone(asked)
  const key = [folder, repository.workspace].join('\0')
  const inFolder = { item: folder, url: check.url }
  const ambient = await memory.ambient.once(key, () => checkUrlWithout(client, inFolder))
  if (!isRefusedPair(ambient)) return askedAlone(asked)
  const withIt = await checkUrlWith(client, { ...check, item: folder }, memory.refusals)
  if (isRefusedPair(withIt)) return { without: NOT_ASKED, with: withIt }
  if (withIt.kind !== 'connected') return askedAlone(asked)
  return { without: { kind: 'failed', words: NOBODY }, with: withIt }
}

/** Beside the answers of the controller, which are in its own words. */
const NOBODY = 'Bitbucket shows it to nobody without a credential, and git on the controller has none of its own'

/** What is refused here is asked, and told, by the examination. */
function nothing(error: unknown): undefined {
  if (error instanceof Failure) return undefined
  throw error
}
