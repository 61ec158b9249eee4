import { shapeOf } from '../../bitbucket/token-shape.ts'
import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { ChangeAsked, Connector, Detector, Document, PlaceState } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { Place, PlaceRef, SecretField } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { fieldsOf } from '../document-fields.ts'
import { fieldConnector } from '../field-connector.ts'
import { everyDocument } from '../field-detector.ts'
import { isSealed, sealSecret } from '../hudson-secret.ts'
import { loadDocument } from '../load-document.ts'
import { keysBeside, openedIn } from './keys.ts'

/** Changes texts where they stand; what Jenkins had encrypted is encrypted again, with the key of its controller and a new vector. */
export function sealingConnector(stored: Detector): Connector {
  const texts = fieldConnector(stored)
  const { readAll, stageMany } = texts
  const sealing = (one: ChangeAsked, context: Context) => sealedChange(texts, stored, one, context)
  return {
    ...texts,
    read: async (ref, context) => {
      const document = await documentOf(stored, ref, context)
      const state = openedState(await texts.read(ref, context), document)
      if (state.kind === 'absent' && isUnopened(ref, document)) throw keysUnfit(ref)
      return state
    },
    ...(readAll === undefined
      ? {}
      : {
          readAll: async (refs, context) => {
            const documents = await documentsOf(stored, refs, context)
            const states = await readAll(refs, context)
            return states.map((state, index) => {
              const [ref, document] = [refs[index], documents[index]]
              if (state instanceof Failure) return state
              const isLost = state.kind === 'absent' && ref !== undefined && isUnopened(ref, document)
              return isLost ? keysUnfit(ref) : openedState(state, document)
            })
          },
        }),
    stageReplace: async (place, expected, next, context) =>
      texts.stageReplace(place, expected, await sealing({ place, expected, next }, context), context),
    ...(stageMany === undefined
      ? {}
      : {
          stageMany: async (asked, context) => {
            const sealed = asked.map(async (one) => ({ ...one, next: await sealing(one, context) }))
            return stageMany(await Promise.all(sealed), context)
          },
        }),
  }
}

/** The place as its consumer reads it. */
export function openedPlace(place: Place, document: Document): Place {
  const { secret } = place
  const text = secret?.value?.reveal()
  if (secret === undefined || text === undefined || !isSealed(text)) return place
  const value = document.seal(openedIn(document, text) ?? '')
  return { ...place, secret: { ...secret, value, kind: shapeOf(value).kind, ...withOpening(secret) } }
}

/** A step that only cuts is no step of its own. */
function withOpening({ encoding, inner = [] }: SecretField): Pick<SecretField, 'encoding' | 'inner'> {
  if (encoding === 'plain' && inner.length === 0) return { encoding: 'jenkins-secret' }
  return { encoding, inner: [...inner, { encoding: 'jenkins-secret' }] }
}

function openedState(state: PlaceState, document: Document | undefined): PlaceState {
  if (state.kind === 'absent' || document === undefined) return state
  const place = openedPlace(state.place, document)
  const secret = place.secret?.value
  if (state.credential === undefined || secret === undefined) return { ...state, place }
  return { ...state, place, credential: { ...state.credential, secret } }
}

async function sealedChange(
  texts: Connector,
  stored: Detector,
  { place, next }: ChangeAsked,
  context: Context,
): Promise<CredentialChange> {
  if (next.secret === 'keep') return next
  const state = await texts.read(place, context)
  const text = state.kind === 'present' ? state.place.secret?.value?.reveal() : undefined
  if (text === undefined || !isSealed(text)) return next
  const document = await documentOf(stored, place, context)
  const key = document === undefined ? undefined : keysBeside(document).current
  if (key === undefined) throw keysUnfit(place)
  const sealed = sealSecret(next.secret.set.reveal(), key, context.system.random.bytes(16))
  return { ...next, secret: { set: context.seal(sealed) } }
}

async function documentOf(stored: Detector, { at }: PlaceRef, context: Context): Promise<Document | undefined> {
  return at.kind === 'file' ? loadDocument(stored, at.path, context) : undefined
}

/** Of each place, its document, read once. One that cannot be read is told of by the reading of its places. */
async function documentsOf(
  stored: Detector,
  refs: readonly PlaceRef[],
  context: Context,
): Promise<readonly (Document | undefined)[]> {
  const documents = new Map<string, Promise<Document | undefined>>()
  for (const { at } of refs)
    if (at.kind === 'file' && !documents.has(at.path))
      documents.set(at.path, loadDocument(stored, at.path, context).catch(failureOnly))
  return Promise.all(refs.map(({ at }) => (at.kind === 'file' ? documents.get(at.path) : undefined)))
}

function failureOnly(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
}

/** It stands there, and without the keys nothing says that it is the place. */
function isUnopened({ address }: PlaceRef, document: Document | undefined): boolean {
  if (document === undefined) return false
  const fields = everyDocument(fieldsOf(document)).flatMap((each) => each.fields)
  const texts = fields.flatMap(({ keys, value }) => (keys.join('.') === address ? [decodeUtf8(value.text)] : []))
  return texts.some((text) => isSealed(text) && openedIn(document, text) === undefined)
}

function keysUnfit({ at, address }: PlaceRef): Failure {
  return new Failure('R106', {
    at: at.kind === 'file' ? `${at.path} ${address}` : address,
    because:
      'master.key or hudson.util.Secret of its controller is missing, damaged or another one: it cannot be decrypted',
    state: 'Nothing was changed there.',
    next: ['Put the keys back into secrets/ of the home, then repeat the command.'],
  })
}
