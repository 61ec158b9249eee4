import { shapeOfText } from '../../bitbucket/token-shape.ts'
import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Detection } from '../../model/place.ts'
import { withLowerKeys } from '../casc-fields.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { storedPiece, wholeOf } from '../field-place.ts'
import { isSealed } from '../hudson-secret.ts'
import { isOfBitbucket, type JenkinsSecretKind } from '../jenkins-credential-names.ts'
import { jobsIn, type ReferenceUse, usedBy, usesOfMade } from '../jenkins-references.ts'
import { isOfOtherSystems, nameWords } from '../name-words.ts'
import { homesOf, openedIn, whyUnopened } from './keys.ts'

interface CascCredential {
  /** Of the password or the secret text. */
  readonly field: Field
  readonly kind: JenkinsSecretKind
  readonly username?: Field
  readonly id: string
  /** What may say whose it is. */
  readonly words: readonly string[]
  /** By what else stands in the file. */
  readonly known: readonly ReferenceUse[]
}

/** Texts of the places that the file sets, encrypted ones as they stand there. */
export function inCredentials(each: FieldDocument, document: Document): readonly Found[] {
  return credentialsOf(each).flatMap((credential) => {
    const { field, username } = credential
    const stored = decodeUtf8(field.value.text)
    const opened = isSealed(stored) ? openedIn(document, stored) : stored
    if (opened === undefined) return []
    const isNamed = concernsBitbucket(credential, opened, each, document)
    const declared = declaredBy(credential, document)
    const host = isNamed ? 'bitbucket.org' : hostOfUnnamed(credential, opened, declared)
    if (host === undefined) return []
    const operations = isNamed ? (['git-fetch'] as const) : []
    const found = foundAt({ operations, opened }, field, username?.value, { host }, document.seal)
    return found.map((one) => ({ ...one, ...usesOf(isNamed, credential), ...declared }))
  })
}

/**
 * In a home a job may give it to Bitbucket, whatever it is called: such a candidate has no host, and counts where one does. `undefined`: it
 * is left to who finds tokens anywhere.
 */
function hostOfUnnamed(
  { words }: CascCredential,
  opened: string,
  { declares }: Pick<Found, 'declares'>,
): '' | 'bitbucket.org' | undefined {
  if (declares === undefined) return undefined
  if (shapeOfText(opened).checksum !== 'fits') return ''
  return words.some((text) => isOfOtherSystems(nameWords(text))) ? undefined : 'bitbucket.org'
}

/** Where something of the file uses it, that is better than what is usual; in a home its jobs tell, too. */
function usesOf(
  isNamed: boolean,
  { known, field: { keys } }: CascCredential,
): Partial<Pick<Found, 'uses' | 'unresolved'>> {
  return isNamed ? usesOfMade(known, keys.join('.')) : { unresolved: 'nothing tells what it is used for' }
}

/** What the file uses and another file of its home may set: `casc_configs` is one configuration in many files. */
export function demandsIn(each: FieldDocument, { path }: Document): Detection['demands'] {
  if (homesOf(path).length === 0) return []
  const own = new Set(credentialsOf(each).map(({ id }) => id))
  const name = `Configuration as Code ${path.split(/[\\/]/).at(-1)}`
  return [...jobsIn(each)].flatMap(([credentialId, uses]) =>
    own.has(credentialId)
      ? []
      : uses.map((use) => ({ ...usedBy(name, use), of: { kind: 'jenkins' as const, credentialId, item: '' } })),
  )
}

/** Whose jobs name it, where the file stands in a home. */
function declaredBy({ id, known }: CascCredential, { path }: Document): Pick<Found, 'declares'> {
  const [home] = homesOf(path)
  if (home === undefined || id === '') return {}
  return { declares: { home, credentialId: id, isUseGuessed: known.length === 0 } }
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
    return isLogin || isText ? [credentialAt(field, isLogin ? 'login' : 'text', each)] : []
  })
}

function credentialAt(field: Field, kind: JenkinsSecretKind, each: FieldDocument): CascCredential {
  const { fieldAt } = indexOf(withLowerKeys(each))
  const around = field.keys.slice(0, -1).map((key) => key.toLowerCase())
  const beside = (name: string): Field | undefined => fieldAt([...around, name], field)
  const says = (name: string): string => beside(name)?.value.text ?? ''
  const [id, username] = [says('id'), beside('username')]
  return {
    field,
    kind,
    ...(username === undefined ? {} : { username }),
    id,
    words: [id, says('description'), ...domainOf({ keys: around, extent: field.extent }, withLowerKeys(each))],
    known: jobsIn(each).get(id) ?? [],
  }
}

function concernsBitbucket(
  { known, words, kind }: CascCredential,
  opened: string,
  each: FieldDocument,
  { seal }: Document,
): boolean {
  return known.length > 0 || isOfBitbucket(words, opened, kind, each, seal)
}

/** The name of the domain around the credential, and the hosts that it is for. */
function domainOf({ keys, extent }: Pick<Field, 'keys' | 'extent'>, lowered: FieldDocument): readonly string[] {
  const at = keys.lastIndexOf('domaincredentials')
  if (at === -1) return []
  const domain = [...keys.slice(0, at + 2), 'domain']
  const paths = [['name'], ['specifications', '0', 'hostnamespecification', 'includes']]
  return paths.map((path) => indexOf(lowered).fieldAt([...domain, ...path], { extent })?.value.text ?? '')
}
