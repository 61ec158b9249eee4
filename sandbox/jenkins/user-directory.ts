import { createHash, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type CredentialStore, emptyStore, readStore, writeStore } from './credential-store.ts'
import { type Plugins, withPluginAttributes } from './plugins.ts'
import type { SecretCipher } from './secret-cipher.ts'
import { child, childText, element, type XmlElement } from './xml-element.ts'
import { readXmlFile, writeXmlFile } from './xml-file.ts'

export interface User {
  readonly id: string
  readonly folder: string
  readonly passwordHash: string
  readonly tokenHashes: readonly string[]
  readonly store: CredentialStore
}

const STORE = 'com.cloudbees.plugins.credentials.UserCredentialsProvider_-UserCredentialsProperty'
const TOKENS = 'jenkins.security.ApiTokenProperty'
const DETAILS = 'hudson.security.HudsonPrivateSecurityRealm_-Details'

/** `[a-z0-9]{0,14}_[a-f0-9]{64}` since core 2.524 (PR #10926). */
export function userFolder(home: string, id: string): string {
  const readable = id
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 14)
  return join(home, 'users', `${readable}_${createHash('sha256').update(id.toLowerCase()).digest('hex')}`)
}

export function newUser(home: string, id: string, password: string, apiToken: string, salt: Buffer): User {
  const tokenHashes = [hashToken(apiToken)]
  return {
    id,
    folder: userFolder(home, id),
    passwordHash: hashPassword(password, salt),
    tokenHashes,
    store: emptyStore(),
  }
}

/** ApiTokenStore keeps SHA-256 of the token without its `11` version prefix. */
function hashToken(token: string): string {
  return createHash('sha256').update(token.slice(2), 'utf8').digest('hex')
}

/** Shape of Jenkins in FIPS mode, with few rounds: a real controller uses bcrypt (DIFFERENCES.md). */
function hashPassword(password: string, salt: Buffer): string {
  const hash = pbkdf2Sync(password, salt, 1000, 32, 'sha512')
  return `$PBKDF2$HMACSHA512:1000:${salt.toString('hex')}$${hash.toString('hex')}`
}

export function acceptsPassword(user: User, password: string): boolean {
  const salt = /:([0-9a-f]+)\$/.exec(user.passwordHash)?.[1] ?? ''
  return same(hashPassword(password, Buffer.from(salt, 'hex')), user.passwordHash)
}

export function acceptsToken(user: User, token: string): boolean {
  return /^11[0-9a-f]{32}$/.test(token) && user.tokenHashes.some((each) => same(each, hashToken(token)))
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

export function readUsers(home: string, cipher: SecretCipher): User[] {
  const folder = join(home, 'users')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readUser(join(folder, name), cipher) ?? [])
}

function readUser(folder: string, cipher: SecretCipher): User | undefined {
  const root = readXmlFile(join(folder, 'config.xml'))
  const id = childText(root, 'id')
  if (root === undefined || id === undefined) return undefined
  const tokens = child(root, 'properties', TOKENS, 'tokenStore', 'tokenList')?.children ?? []
  return {
    id,
    folder,
    passwordHash: childText(root, 'properties', DETAILS, 'passwordHash') ?? '',
    tokenHashes: tokens.map((each) => childText(each, 'value', 'hash') ?? ''),
    store: readStore(child(root, 'properties', STORE), cipher),
  }
}

export function saveUser(user: User, plugins: Plugins): void {
  const properties = element('properties', [
    element(TOKENS, [element('tokenStore', [element('tokenList', user.tokenHashes.map(tokenElement))])]),
    element(STORE, [writeStore(user.store)]),
    element(DETAILS, [element('passwordHash', user.passwordHash)]),
  ])
  const root = element('user', [
    element('version', '10'),
    element('id', user.id),
    element('fullName', user.id),
    properties,
  ])
  writeXmlFile(join(user.folder, 'config.xml'), withPluginAttributes(root, plugins))
}

function tokenElement(hash: string): XmlElement {
  return element('jenkins.security.apitoken.ApiTokenStore_-HashedToken', [
    element('name', 'sandbox'),
    element('value', [element('version', '11'), element('hash', hash)]),
  ])
}
