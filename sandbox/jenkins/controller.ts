import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CredentialStore, emptyStore, readStore, writeStore } from './credential-store.ts'
import { allItems, type Item, readItems, saveItem } from './item-tree.ts'
import { DEFAULT_PLUGINS, installPlugins, type Plugins, readPlugins, withPluginAttributes } from './plugins.ts'
import type { Randomness } from './randomness.ts'
import { openSecretKeys, type SecretCipher, secretCipher } from './secret-cipher.ts'
import { readUsers, saveUser, type User } from './user-directory.ts'
import { child, childText, element, withChild, type XmlElement } from './xml-element.ts'
import { readXmlFile, writeXmlFile } from './xml-file.ts'

export const CORE_VERSION = '2.568.2'
const SYSTEM_PROVIDER = 'com.cloudbees.plugins.credentials.SystemCredentialsProvider'

/** What a running controller holds in memory. Everything but `system` is also re-read by `/reload`. */
export interface Controller {
  readonly home: string
  readonly cipher: SecretCipher
  readonly plugins: Plugins
  readonly version: string
  /** New at every start: the value of `X-Jenkins-Session`. */
  readonly session: string
  readonly system: CredentialStore
  items: Item[]
  users: User[]
  permissions: Map<string, Set<string>>
  /** "Hide credential usage in job output", from `hudson.plugins.git.GitSCM.xml`. */
  readonly hidesCredentials: boolean
}

const GIT_OPTIONS = 'hudson.plugins.git.GitSCM.xml'

export function writeGitOptions(home: string, hidesCredentials: boolean): void {
  const fields = [element('hideCredentials', String(hidesCredentials)), element('createAccountBasedOnEmail', 'false')]
  writeXmlFile(join(home, GIT_OPTIONS), element('hudson.plugins.git.GitSCM_-DescriptorImpl', fields))
}

/** Creates the home when it is empty. */
export function prepareHome(home: string, plugins: Readonly<Record<string, string>> | undefined): void {
  mkdirSync(home, { recursive: true })
  if (!existsSync(join(home, 'config.xml'))) {
    writeXmlFile(join(home, 'config.xml'), newConfig())
    installPlugins(home, DEFAULT_PLUGINS)
    writeFileSync(join(home, 'jenkins.install.InstallUtil.lastExecVersion'), CORE_VERSION)
  }
  if (plugins !== undefined) installPlugins(home, plugins)
}

export function loadController(home: string, random: Randomness): Controller {
  const cipher = secretCipher(openSecretKeys(home, random), random)
  const version = childText(readXmlFile(join(home, 'config.xml')), 'version') ?? CORE_VERSION
  const controller: Controller = {
    home,
    cipher,
    plugins: readPlugins(home),
    version,
    session: random.hex(8),
    system: loadSystemStore(home, cipher),
    items: [],
    users: [],
    permissions: new Map(),
    hidesCredentials: childText(readXmlFile(join(home, GIT_OPTIONS)), 'hideCredentials') === 'true',
  }
  reloadConfiguration(controller)
  return controller
}

/** An unreadable file means an empty store, and the next save overwrites the file (SystemCredentialsProvider constructor). */
function loadSystemStore(home: string, cipher: SecretCipher): CredentialStore {
  try {
    return readStore(readXmlFile(join(home, 'credentials.xml')), cipher)
  } catch {
    return emptyStore()
  }
}

/** `/reload`: items, users and `config.xml`, but not `credentials.xml`. */
export function reloadConfiguration(controller: Controller): void {
  controller.items = readItems(join(controller.home, 'jobs'), undefined, controller.cipher)
  controller.users = readUsers(controller.home, controller.cipher)
  controller.permissions = readPermissions(readXmlFile(join(controller.home, 'config.xml')))
}

export function saveSystemStore(controller: Controller): void {
  const root = element(SYSTEM_PROVIDER, [writeStore(controller.system)])
  writeXmlFile(join(controller.home, 'credentials.xml'), withPluginAttributes(root, controller.plugins))
}

export function saveUserStore(controller: Controller, user: User): void {
  saveUser(user, controller.plugins)
}

export function saveFolderStore(controller: Controller, item: Item): void {
  saveItem(item, controller.plugins)
}

export function findItem(controller: Controller, fullName: string): Item | undefined {
  return allItems(controller.items).find((each) => each.fullName === fullName)
}

export function findUser(controller: Controller, id: string): User | undefined {
  return controller.users.find((each) => each.id.toLowerCase() === id.toLowerCase())
}

export function grantPermissions(controller: Controller, user: string, permissions: readonly string[]): void {
  controller.permissions.set(user, new Set(permissions))
  const path = join(controller.home, 'config.xml')
  const root = readXmlFile(path) ?? newConfig()
  writeXmlFile(path, withChild(root, 'authorizationStrategy', authorization(controller)))
}

function authorization(controller: Controller): XmlElement {
  const granted = [...controller.permissions].flatMap(([user, held]) =>
    [...held].map((each) => element('permission', `USER:${each}:${user}`)),
  )
  const strategy = { class: 'hudson.security.GlobalMatrixAuthorizationStrategy' }
  return withPluginAttributes(element('authorizationStrategy', granted, strategy), controller.plugins)
}

function newConfig(): XmlElement {
  return element('hudson', [
    element('disabledAdministrativeMonitors'),
    element('version', CORE_VERSION),
    element('numExecutors', '2'),
    element('mode', 'NORMAL'),
    element('useSecurity', 'true'),
    element('securityRealm', [element('disableSignup', 'true')], {
      class: 'hudson.security.HudsonPrivateSecurityRealm',
    }),
  ])
}

function readPermissions(root: XmlElement | undefined): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const each of child(root, 'authorizationStrategy')?.children ?? []) {
    const [, permission, user] = /^USER:([^:]+):(.+)$/.exec(each.text ?? '') ?? []
    if (permission === undefined || user === undefined) continue
    found.set(user, (found.get(user) ?? new Set()).add(permission))
  }
  return found
}

/** The marker of a running controller: its process id (core DoubleLaunchChecker). */
export function markRunning(home: string, now: Date): void {
  writeFileSync(join(home, '.owner'), String(process.pid))
  writeFileSync(join(home, '.lastStarted'), String(now.getTime()))
}

export function markStopped(home: string): void {
  rmSync(join(home, '.owner'), { force: true })
}

export function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
