import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Detection } from '../../model/place.ts'
import type { Operation } from '../../model/use.ts'
import { withLowerKeys } from '../casc-fields.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { storedPiece, wholeOf } from '../field-place.ts'
import { isSealed } from '../hudson-secret.ts'
import { isOfBitbucket } from '../jenkins-credential-names.ts'
import { jobsIn } from '../jenkins-references.ts'
import { homesOf, openedIn, whyUnopened } from './keys.ts'

interface CascCredential {
  /** Of the password or the secret text. */
  readonly field: Field
  readonly username?: Field
  readonly id: string
  /** What may say whose it is. */
  readonly words: readonly string[]
  readonly operations: readonly Operation[]
}

/** Texts of the places that the file sets, encrypted ones as they stand there. */
export function inCredentials(each: FieldDocument, document: Document): readonly Found[] {
  return credentialsOf(each).flatMap((credential) => {
    const { field, username, operations } = credential
    const stored = decodeUtf8(field.value.text)
    const opened = isSealed(stored) ? openedIn(document, stored) : stored
    if (opened === undefined || !concernsBitbucket(credential, opened, each, document)) return []
    const reading = { operations: operations.length === 0 ? (['git-fetch'] as const) : operations, opened }
    const found = foundAt(reading, field, username?.value, { host: 'bitbucket.org' }, document.seal)
    return found.map((one) => ({ ...one, ...declaredBy(credential, document) }))
  })
}

/** Whose jobs name it, where the file stands in a home. */
function declaredBy({ id, operations }: CascCredential, { path }: Document): Pick<Found, 'declares'> {
  const [home] = homesOf(path)
  if (home === undefined || id === '') return {}
  return { declares: { home, credentialId: id, isUseGuessed: operations.length === 0 } }
}

/** Encrypted credentials for Bitbucket that no key opens. */
export function unopenedIn(each: FieldDocument, document: Document): Detection['unread'] {
  if (!each.text.includes(SEALED)) return []
  return credentialsOf(each).flatMap((credential) => {
    const stored = decodeUtf8(credential.field.value.text)
    if (!isSealed(stored) || openedIn(document, stored) !== undefined) return []
    if (!concernsBitbucket(credential, '', each, document)) return []
    const { span } = storedPiece(document, wholeOf(credential.field.value))
    return [{ span, reason: 'undecryptable', detail: `credential "${credential.id}": ${whyUnopened(document)}` }]
  })
}

/** How base64 of a payload begins: version 1, 16 bytes of vector. */
const SEALED = '{AQAAABAA'

/** `credentials.system.domainCredentials[].credentials[].usernamePassword`, and `string` (configuration-as-code, demos/credentials). */
function credentialsOf(each: FieldDocument): readonly CascCredential[] {
  return each.fields.flatMap((field) => {
    const [kind, last] = field.keys.slice(-2).map((key) => key.toLowerCase())
    const isLogin = kind === 'usernamepassword' && last === 'password'
    const isText = kind === 'string' && last === 'secret'
    return isLogin || isText ? [credentialAt(field, each)] : []
  })
}

function credentialAt(field: Field, each: FieldDocument): CascCredential {
  const { fieldAt } = indexOf(withLowerKeys(each))
  const around = field.keys.slice(0, -1).map((key) => key.toLowerCase())
  const beside = (name: string): Field | undefined => fieldAt([...around, name], field)
  const says = (name: string): string => beside(name)?.value.text ?? ''
  const [id, username] = [says('id'), beside('username')]
  return {
    field,
    ...(username === undefined ? {} : { username }),
    id,
    words: [id, says('description'), ...domainOf({ keys: around, extent: field.extent }, withLowerKeys(each))],
    operations: jobsIn(each).get(id) ?? [],
  }
}

function concernsBitbucket(
  { operations, words }: CascCredential,
  opened: string,
  each: FieldDocument,
  { seal }: Document,
): boolean {
  return operations.length > 0 || isOfBitbucket(words, opened, each, seal)
}

/** The name of the domain around the credential, and the hosts that it is for. */
function domainOf({ keys, extent }: Pick<Field, 'keys' | 'extent'>, lowered: FieldDocument): readonly string[] {
  const at = keys.lastIndexOf('domaincredentials')
  if (at === -1) return []
  const domain = [...keys.slice(0, at + 2), 'domain']
  const paths = [['name'], ['specifications', '0', 'hostnamespecification', 'includes']]
  return paths.map((path) => indexOf(lowered).fieldAt([...domain, ...path], { extent })?.value.text ?? '')
}
