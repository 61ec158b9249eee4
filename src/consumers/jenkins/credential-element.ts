import {
  asciiXml,
  child,
  childText,
  escapeText,
  readXml,
  type Splice,
  splice,
  withText,
  type XmlDocument,
} from './xml-document.ts'

/** The kinds of credential that can hold a Bitbucket secret. Others (keys, certificates, files) are left alone. */
export type CredentialType = 'username and password' | 'secret text'

const TYPES: Readonly<Record<string, CredentialType>> = {
  'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl': 'username and password',
  'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl': 'secret text',
}

/** hudson.util.Secret as text: decrypts only on the instance that wrote it. */
const CIPHERTEXT = /^\{[A-Za-z0-9+/]+={0,2}\}$/

/** One credential as its `config.xml` describes it. */
export interface CredentialElement {
  readonly document: XmlDocument
  readonly type: CredentialType
  readonly id: string
  readonly scope?: string
  readonly description?: string
  readonly username?: string
  /** What stands in the secret's element, when it is a ciphertext. */
  readonly ciphertext?: string
}

export interface CredentialFields {
  /** Of a credential that is made like another; absent: that of the element, which its document may show with question marks. */
  readonly id?: string
  readonly username?: string
  /** Plain text or ciphertext of the same instance. */
  readonly secret: string
  /** From `api/json`: `config.xml` is ISO-8859-1 and shows everything above U+00FF as a question mark. */
  readonly description?: string
}

/** `other`: well-formed, but a kind of credential that holds no Bitbucket secret. `undefined`: no credential, such as a page. */
export function readCredential(xml: string): CredentialElement | 'other' | undefined {
  const document = readXml(xml)
  if (document === undefined) return undefined
  const { root } = document
  const type = credentialType(root.name)
  if (type === undefined) return root.name === 'html' ? undefined : 'other'
  const id = childText(root, 'id')
  if (id === undefined) return undefined
  const optional = {
    scope: childText(root, 'scope'),
    description: childText(root, 'description'),
    username: type === 'username and password' ? (childText(root, 'username') ?? '') : undefined,
    ciphertext: ciphertextOf(childText(root, secretName(type))),
  }
  return { document, type, id, ...present(optional) }
}

/** By the name of its element, which is its class. */
export function credentialType(className: string): CredentialType | undefined {
  return TYPES[className]
}

export function secretName(type: CredentialType): 'password' | 'secret' {
  return type === 'secret text' ? 'secret' : 'password'
}

export function ciphertextOf(text: string | undefined): string | undefined {
  return text !== undefined && CIPHERTEXT.test(text) ? text : undefined
}

/**
 * The complete element with other values in ASCII. Elements of newer plugin versions stay as they are. `usernameSecret`
 * is always written: without it Jenkins starts to mask the username (UsernamePasswordCredentialsImpl.isUsernameSecret).
 */
export function writeCredential(element: CredentialElement, fields: CredentialFields): string {
  const { source, root } = element.document
  const wanted: [name: string, text: string][] = [[secretName(element.type), fields.secret]]
  const id = fields.id ?? element.id
  if (id !== childText(root, 'id')) wanted.push(['id', id])
  if (element.type === 'username and password' && fields.username !== undefined) {
    wanted.push(['username', fields.username])
  }
  if (fields.description !== undefined && fields.description !== (element.description ?? '')) {
    wanted.push(['description', fields.description])
  }
  if (element.type === 'username and password' && child(root, 'usernameSecret') === undefined) {
    wanted.push(['usernameSecret', 'true'])
  }
  const splices = wanted.map(([name, text]): Splice => {
    const existing = child(root, name)
    if (existing !== undefined) return withText(existing, source, text)
    return { at: [root.inner[1], root.inner[1]], text: `<${name}>${escapeText(text)}</${name}>` }
  })
  return asciiXml(splice(source, splices).slice(root.outer[0])).trimEnd()
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** The fields that have a value. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
