import { bytesOf, encodeUtf8 } from '../../formats/byte-text.ts'
import type { Edit } from '../../formats/splice.ts'
import { escapeXmlText, type XmlElement } from '../../formats/xml.ts'
import type { Connector, PlaceState, StagedTogether } from '../../model/consumer.ts'
import type { Credential } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import type { Use } from '../../model/use.ts'
import { type EditRequest, fileConnector } from '../file-connector.ts'
import { sealSecret } from '../hudson-secret.ts'
import { usernameInJenkins } from '../jenkins-username.ts'
import type { CompanionMemory } from '../load-document.ts'
import { userinfoEdits } from '../userinfo-edits.ts'
import { refuseComputed } from './computed.ts'
import { type CredentialEdits, isCredentialAddress, stageCreate, stageRemoval } from './create.ts'
import {
  credentialAt,
  isStoredPlain,
  type JenkinsDocument,
  jenkinsHomeDetector,
  jenkinsPlaceAt,
  readJenkinsDocument,
} from './detect.ts'
import type { HomeFile } from './home-file.ts'
import type { JobUrl } from './job-remotes.ts'
import { refuseOwnedByCode } from './owned-by-code.ts'
import { isReferenceAddress, readReferences, stageReferencesRestore, stageRewire } from './rewire.ts'
import { type IsRunning, refuseWhileRunning } from './running.ts'
import type { StoredCredential } from './stored-credentials.ts'

/** Changes credentials and job URLs in the files of a stopped controller. Never writes into `secrets/`. */
export const jenkinsHomeConnector: Connector = makeJenkinsHomeConnector()

export function makeJenkinsHomeConnector(isRunning?: IsRunning): Connector {
  const guard = async (path: string, context: Context): Promise<void> => {
    await refuseWhileRunning(path, context, isRunning)
    await refuseComputed(path, context)
  }
  const places = fileConnector({ detector: jenkinsHomeDetector, locate: jenkinsPlaceAt, edits: jenkinsEdits, guard })
  return {
    read: (ref, context) =>
      isReferenceAddress(ref.address) ? readReferences({ ref, context, guard }) : places.read(ref, context),
    readAll: (refs, context) => readAll(refs, context, places, guard),
    stageReplace: async (ref, expected, next, context) => {
      if (isReferenceAddress(ref.address)) return stageRewire({ ref, context, guard }, expected, next)
      await refuseOwnedByCode(ref, context)
      return places.stageReplace(ref, expected, next, context)
    },
    stageCreate: async (ref, like, next, context) => {
      await refuseOwnedByCode(like, context)
      const edits: CredentialEdits = (read, stored) =>
        credentialEdits(read, stored, { change: next, place: ref, random: context.system.random })
      return stageCreate({ ref, context, guard }, like, next, edits)
    },
    stageRestore: (ref, expected, backup, context) => {
      if (isReferenceAddress(ref.address)) return stageReferencesRestore({ ref, context, guard }, expected, backup)
      if (backup.length === 0 && isCredentialAddress(ref.address))
        return stageRemoval({ ref, context, guard }, expected)
      return places.stageRestore(ref, expected, backup, context)
    },
    stageMany: async (asked, context) => {
      const owned = await Promise.all(asked.map(({ place }) => isOwnedByCode(place, context)))
      return stageSome(
        asked,
        ({ place }, index) => owned[index] !== true && !isReferenceAddress(place.address),
        async (some) => places.stageMany?.(some, context),
      )
    },
    stageRestoreMany: (asked, context) =>
      stageSome(
        asked,
        ({ place, backup }) => !isReferenceAddress(place.address) && backup.length > 0,
        async (some) => places.stageRestoreMany?.(some, context),
      ),
  }
}

/** What is more than new bytes for the extent of a place is staged alone. */
async function stageSome<Ask>(
  asked: readonly Ask[],
  isPlace: (one: Ask, index: number) => boolean,
  stage: (some: readonly Ask[]) => Promise<StagedTogether | undefined>,
): Promise<StagedTogether> {
  const some = asked.filter(isPlace)
  const staged = some.length === 0 ? undefined : await stage(some)
  const ready = new Map(some.map((one, index) => [one, staged?.each[index]]))
  return { each: asked.map((one) => ready.get(one)), commit: staged?.commit ?? (async () => 'conflict') }
}

async function isOwnedByCode(place: PlaceRef, context: Context): Promise<boolean> {
  return refuseOwnedByCode(place, context).then(
    () => false,
    (error: unknown) => failureOnly(error) !== undefined,
  )
}

async function readAll(
  refs: readonly PlaceRef[],
  context: Context,
  places: Connector,
  guard: HomeFile['guard'],
): Promise<readonly (PlaceState | Failure)[]> {
  const holding = refs.filter(({ address }) => !isReferenceAddress(address))
  const states = new Map<PlaceRef, PlaceState | Failure>()
  for (const [index, state] of ((await places.readAll?.(holding, context)) ?? []).entries()) {
    const ref = holding[index]
    if (ref !== undefined) states.set(ref, state)
  }
  const memory: CompanionMemory = new Map()
  for (const ref of refs.filter(({ address }) => isReferenceAddress(address)))
    states.set(ref, await readReferences({ ref, context, guard, memory }).catch(failureOnly))
  return refs.map((ref) => states.get(ref) ?? { kind: 'absent' })
}

function failureOnly(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

export function jenkinsPair(
  credential: Credential,
  use: Use,
): { readonly username: string; readonly password: string } {
  return { username: usernameInJenkins(credential, use), password: credential.secret.reveal() }
}

function jenkinsEdits(request: EditRequest): readonly Edit[] {
  const read = readJenkinsDocument(request.document)
  if ('malformed' in read) return []
  const stored = credentialAt(read, request.place.address)
  if (stored !== undefined) return credentialEdits(read, stored, request)
  const job = read.urls.find(({ address }) => address === request.place.address)
  return job === undefined ? [] : jobUrlEdits(read, job, request)
}

function credentialEdits(
  read: JenkinsDocument,
  stored: StoredCredential,
  request: Pick<EditRequest, 'change' | 'random'> & { readonly place: PlaceRef },
): readonly Edit[] {
  const { change, place, random } = request
  const edits: Edit[] = []
  if (change.username !== 'keep') {
    const text = change.username === 'remove' ? '' : change.username.set
    if (stored.username === undefined && text !== '') throw refused(place, 'a secret text has no username')
    if (stored.username !== undefined) edits.push(textEdit(stored.username, 'username', escapeXmlText(text)))
  }
  if (change.secret !== 'keep') {
    if (read.keys.current === undefined) throw keysMissing(read)
    const sealed = sealSecret(change.secret.set.reveal(), read.keys.current, random.bytes(16))
    edits.push(textEdit(stored.secret, stored.secret.name, sealed))
  }
  return edits
}

/** An empty tag `<a/>` has no room for text and is written anew. */
function textEdit(element: XmlElement, name: string, text: string): Edit {
  return element.inner === undefined
    ? { span: element.outer, bytes: bytesOf(`<${name}>${text}</${name}>`) }
    : { span: element.inner, bytes: bytesOf(text) }
}

function jobUrlEdits(read: JenkinsDocument, job: JobUrl, { place, change }: EditRequest): readonly Edit[] {
  const start = job.element.inner?.[0]
  if (start === undefined || !isStoredPlain(read.document, job))
    throw refused(place, 'the URL is written with XML references before its path')
  const secret = change.secret === 'keep' ? 'keep' : { set: change.secret.set.reveal() }
  const stored = { text: encodeUtf8(job.element.text), url: job.url, tokenAlone: false, address: place.address }
  return userinfoEdits(stored, { username: change.username, secret }).map(({ at, text }) => ({
    span: [start + at[0], start + at[1]],
    bytes: bytesOf(text),
  }))
}

function refused(place: PlaceRef, because: string): Failure {
  return new Failure('R204', { at: place.address, because, state: 'Nothing was changed.' })
}

function keysMissing({ file }: JenkinsDocument): Failure {
  return new Failure('R106', {
    at: `${file.home}/secrets`,
    because: 'master.key or hudson.util.Secret is missing or damaged, so that a new secret cannot be encrypted',
    state: 'Nothing was changed.',
  })
}
