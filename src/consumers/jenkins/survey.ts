import { Failure } from '../../model/failure.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { Place } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import type { Repository, Use } from '../../model/use.ts'
import { parseAddress, storeName } from './address.ts'
import { checkUrlDifferential } from './check-url.ts'
import { loginFor, openController } from './connect.ts'
import { type ControllerMemory, checkKey, newMemory, storedKey } from './controller-memory.ts'
import { examineJob } from './examine.ts'
import type { ItemReference } from './item-config.ts'
import { readRemoteUrl } from './remote-url.ts'

/** Examines many credentials with as few questions as their cases allow. */
export interface Survey {
  /**
   * Findings of a stored credential that works for git, by two questions: the controller fetches a repository with it, and not without
   * it. `undefined`: that is not so, or these two cannot tell, and the job has to be examined.
   */
  readonly working: (place: Place) => Promise<JenkinsFindings | undefined>
  /** Everything about the job that uses it, as the doctor asks; what is the same for the whole controller is asked once. */
  readonly examine: (place: Place, item: string) => Promise<JenkinsFindings>
}

/** `pinned`: who fetches under a username of a URL, so that the stored one is not what is sent (`Use.by`). */
export function openSurvey(context: Context, pinned: ReadonlySet<string>): Survey {
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
      return use === undefined || !asks ? undefined : workingFindings(place, use, { context, memoryOf })
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
  readonly memoryOf: (login: ControllerLogin) => ControllerMemory
}

async function workingFindings(
  place: Place,
  { by, repository }: Use,
  { context, memoryOf }: Asking,
): Promise<JenkinsFindings | undefined> {
  const address = parseAddress(place.address)
  if (address.kind !== 'credential' || repository === undefined) return undefined
  const login = loginFor(place, context)
  const client = openController(login, context)
  const item = by.replace(/^job /, '')
  const url = urlOf(repository)
  const check = { item, url, credentialsId: address.id }
  const { checks } = memoryOf(login)
  const checkUrl = await checks.once(checkKey(check), () => checkUrlDifferential(client, check)).catch(nothing)
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

/** What is refused here is asked, and told, by the examination. */
function nothing(error: unknown): undefined {
  if (error instanceof Failure) return undefined
  throw error
}
