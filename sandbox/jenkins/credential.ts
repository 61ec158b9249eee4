import type { SecretCipher } from './secret-cipher.ts'
import { childText, className, element, type XmlElement } from './xml-element.ts'

/** The element as it is saved: fields in the order of the class, secrets encrypted. Identity is the id alone. */
export interface Credential {
  readonly id: string
  readonly element: XmlElement
}

interface CredentialClass {
  readonly typeName: string
  readonly fields: readonly string[]
  readonly secrets: readonly string[]
}

export const USERNAME_PASSWORD = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
export const SECRET_TEXT = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl'
export const CERTIFICATE = 'com.cloudbees.plugins.credentials.impl.CertificateCredentialsImpl'

const CLASSES: Readonly<Record<string, CredentialClass>> = {
  [USERNAME_PASSWORD]: {
    typeName: 'Username with password',
    fields: ['scope', 'id', 'description', 'username', 'password', 'usernameSecret'],
    secrets: ['password'],
  },
  [SECRET_TEXT]: {
    typeName: 'Secret text',
    fields: ['scope', 'id', 'description', 'secret'],
    secrets: ['secret'],
  },
  'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl': {
    typeName: 'Secret file',
    fields: ['scope', 'id', 'description', 'fileName', 'secretBytes'],
    secrets: [],
  },
  'com.cloudbees.jenkins.plugins.sshcredentials.impl.BasicSSHUserPrivateKey': {
    typeName: 'SSH Username with private key',
    fields: ['scope', 'id', 'description', 'username', 'usernameSecret', 'passphrase', 'privateKeySource'],
    secrets: ['passphrase', 'privateKey'],
  },
  [CERTIFICATE]: {
    typeName: 'Certificate',
    fields: ['scope', 'id', 'description', 'keyStoreSource', 'password'],
    secrets: ['password', 'privateKey'],
  },
}

/** Undefined for a class that no installed plugin owns: XStream throws CannotResolveClassException there. */
export function readCredential(source: XmlElement, cipher: SecretCipher): Credential | undefined {
  const known = CLASSES[className(source)]
  if (known === undefined) return undefined
  const fields = known.fields.flatMap((name) => source.children.filter((each) => each.name === name).slice(0, 1))
  const saved = fields.map((field) => encrypted(field, known.secrets, cipher))
  return { id: childText(source, 'id') ?? '', element: element(source.name, saved) }
}

function encrypted(field: XmlElement, secrets: readonly string[], cipher: SecretCipher): XmlElement {
  // A child such as <secret-redacted/> is dropped here and the text before it becomes the secret: the blank-password
  // trap (credentials plugin, CredentialsStoreAction; XStream reads only the text of a Secret).
  if (secrets.includes(field.name)) return element(field.name, cipher.stored(field.text ?? ''))
  return { ...field, children: field.children.map((each) => encrypted(each, secrets, cipher)) }
}

export function redacted(credential: Credential): XmlElement {
  const hidden = [...(CLASSES[className(credential.element)]?.secrets ?? []), 'secretBytes', 'uploadedKeystoreBytes']
  return redactedElement(credential.element, hidden)
}

function redactedElement(each: XmlElement, hidden: readonly string[]): XmlElement {
  if (hidden.includes(each.name)) return element(each.name, [element('secret-redacted')])
  return { ...each, children: each.children.map((nested) => redactedElement(nested, hidden)) }
}

export function typeName(credential: Credential): string {
  return CLASSES[className(credential.element)]?.typeName ?? className(credential.element)
}

export function description(credential: Credential): string {
  return childText(credential.element, 'description') ?? ''
}

export function isSystemScope(credential: Credential): boolean {
  return childText(credential.element, 'scope') === 'SYSTEM'
}

/** CredentialsNameProvider: `alice/****** (description)`; the user name is hidden when it counts as a secret. */
export function displayName(credential: Credential): string {
  const fallback = description(credential) || credential.id
  const username = childText(credential.element, 'username')
  if (username === undefined || childText(credential.element, 'usernameSecret') !== 'false') return fallback
  const suffix = description(credential) === '' ? '' : ` (${description(credential)})`
  return className(credential.element) === USERNAME_PASSWORD ? `${username}/******${suffix}` : `${username}${suffix}`
}

export interface UsernamePassword {
  readonly username: string
  readonly password: string
  readonly description: string
}

/** Undefined for every other class: the git plugin accepts no Secret text. */
export function usernamePassword(credential: Credential, cipher: SecretCipher): UsernamePassword | undefined {
  if (className(credential.element) !== USERNAME_PASSWORD) return undefined
  return {
    username: childText(credential.element, 'username') ?? '',
    password: cipher.reveal(childText(credential.element, 'password') ?? ''),
    description: description(credential),
  }
}

/** Empty for every other class. */
export function secretText(credential: Credential, cipher: SecretCipher): string {
  return cipher.reveal(childText(credential.element, 'secret') ?? '')
}

export function newUsernamePassword(given: {
  readonly id: string
  readonly username: string
  readonly secret: string
  readonly description?: string
  readonly scope?: 'GLOBAL' | 'SYSTEM'
}): XmlElement {
  return element(USERNAME_PASSWORD, [
    element('scope', given.scope ?? 'GLOBAL'),
    element('id', given.id),
    element('description', given.description ?? ''),
    element('username', given.username),
    element('password', given.secret),
    element('usernameSecret', 'false'),
  ])
}

export function newSecretText(given: {
  readonly id: string
  readonly secret: string
  readonly description?: string
}): XmlElement {
  return element(SECRET_TEXT, [
    element('scope', 'GLOBAL'),
    element('id', given.id),
    element('description', given.description ?? ''),
    element('secret', given.secret),
  ])
}
