import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { newSecretText, newUsernamePassword, readCredential, SECRET_TEXT, USERNAME_PASSWORD } from '../credential.ts'
import { type CredentialStore, DOMAIN, type DomainEntry, emptyStore } from '../credential-store.ts'
import type { SecretCipher } from '../secret-cipher.ts'
import { child, childText, className, element, type XmlElement } from '../xml-element.ts'
import { readYaml, type Yaml } from './read-yaml.ts'

/** Where secrets come from that a YAML file names as `${VAR}`. */
export type Variables = Readonly<Record<string, string>>

const Text = z.string().nullish()
const Flag = z.string().nullish()
const Pair = z.object({
  id: Text,
  scope: Text,
  description: Text,
  username: Text,
  password: Text,
  usernameSecret: Flag,
})
const SecretString = z.object({ id: Text, scope: Text, description: Text, secret: Text })
const Domain = z.object({
  name: Text,
  description: Text,
  specifications: z.array(z.record(z.string(), z.record(z.string(), z.unknown()))).nullish(),
})
const Entry = z.object({
  domain: Domain.nullish(),
  credentials: z.array(z.record(z.string(), z.unknown())).nullish(),
})
const Credentials = z.object({
  credentials: z.object({ system: z.object({ domainCredentials: z.array(Entry).nullish() }) }),
})

/** The files of `CASC_JENKINS_CONFIG` or of `jenkins.yaml` in the home, in the order of their names. */
export function cascSources(home: string, configured: string | undefined): readonly string[] {
  const path = configured ?? join(home, 'jenkins.yaml')
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((each) => /\.ya?ml$/.test(each))
    .sort()
    .map((each) => join(path, each))
}

/**
 * What the sources say about system credentials; undefined where they say nothing. The whole map is replaced, so that a
 * change by API or by file is undone at the next start (configuration-as-code#384, PR #556).
 */
export function credentialsOfCasc(
  files: readonly string[],
  variables: Variables,
  cipher: SecretCipher,
): CredentialStore | undefined {
  let found: CredentialStore | undefined
  for (const file of files) {
    const parsed = Credentials.safeParse(lowerKeys(readYaml(readFileSync(file, 'utf8'))))
    if (!parsed.success) continue
    const entries = parsed.data.credentials.system.domainCredentials ?? []
    found = { domains: entries.map((each) => domainEntry(each, variables, cipher)) }
    if (!found.domains.some((each) => childText(each.domain, 'name') === undefined)) {
      found.domains.unshift(...emptyStore().domains)
    }
  }
  return found
}

const KNOWN = [
  'domainCredentials',
  'usernamePassword',
  'usernameSecret',
  'hostnameSpecification',
  'schemeSpecification',
]
const SPELLING = new Map([...KNOWN, 'pathSpecification', 'caseSensitive'].map((each) => [each.toLowerCase(), each]))

/** Keys are matched without regard to case. */
function lowerKeys(yaml: Yaml): Yaml {
  if (yaml === null || typeof yaml === 'string') return yaml
  if (isList(yaml)) return yaml.map(lowerKeys)
  const entries = Object.entries(yaml).map(([key, value]) => {
    const lower = key.toLowerCase()
    return [SPELLING.get(lower) ?? (/^[a-z]+$/i.test(key) ? lower : key), lowerKeys(value)]
  })
  return Object.fromEntries(entries)
}

function isList(yaml: Yaml): yaml is readonly Yaml[] {
  return Array.isArray(yaml)
}

function domainEntry(
  { domain, credentials }: z.infer<typeof Entry>,
  variables: Variables,
  cipher: SecretCipher,
): DomainEntry {
  const sources = (credentials ?? []).flatMap((each) => credentialOf(each, variables) ?? [])
  return {
    domain: domainElement(domain ?? {}),
    listName: 'java.util.concurrent.CopyOnWriteArrayList',
    credentials: sources.flatMap((each) => readCredential(each, cipher) ?? []),
  }
}

const SPECIFICATIONS: Readonly<Record<string, string>> = {
  hostnameSpecification: 'HostnameSpecification',
  schemeSpecification: 'SchemeSpecification',
  pathSpecification: 'PathSpecification',
}

function domainElement({ name, description, specifications }: z.infer<typeof Domain>): XmlElement {
  const given = (specifications ?? []).flatMap((each) =>
    Object.entries(each).map(([kind, fields]) =>
      element(
        `com.cloudbees.plugins.credentials.domains.${SPECIFICATIONS[kind] ?? kind}`,
        Object.entries(fields).map(([field, value]) => element(field, String(value))),
      ),
    ),
  )
  return element(DOMAIN, [
    ...(name ? [element('name', name)] : []),
    ...(description ? [element('description', description)] : []),
    element('specifications', given),
  ])
}

function credentialOf(given: Readonly<Record<string, unknown>>, variables: Variables): XmlElement | undefined {
  const value = (text: string | null | undefined) => resolved(text ?? '', variables)
  if (given['usernamePassword'] !== undefined) {
    const { id, description, username, password, scope } = Pair.parse(given['usernamePassword'])
    return newUsernamePassword({
      id: value(id),
      description: value(description),
      username: value(username),
      secret: value(password),
      scope: scope === 'SYSTEM' ? 'SYSTEM' : 'GLOBAL',
    })
  }
  if (given['string'] === undefined) return undefined
  const { id, description, secret } = SecretString.parse(given['string'])
  return newSecretText({ id: value(id), description: value(description), secret: value(secret) })
}

/** `${VAR}` and `${VAR:-default}`; an unknown variable is empty, with a warning in the log of a real controller. */
function resolved(text: string, variables: Variables): string {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, otherwise) => variables[name] ?? otherwise ?? '')
}

/** `POST /configuration-as-code/export`: system credentials with their encrypted secrets. */
export function cascExport(store: CredentialStore, systemMessage: string | undefined): string {
  const entries = store.domains.filter((each) => each.credentials.length > 0 || childText(each.domain, 'name'))
  const lines = entries.flatMap(exportedEntry)
  const credentials = lines.length === 0 ? [] : ['credentials:', '  system:', '    domainCredentials:', ...lines]
  const message = systemMessage === undefined ? [] : [`  systemMessage: ${quoted(systemMessage)}`]
  return [...credentials, 'jenkins:', '  mode: NORMAL', '  numExecutors: 2', ...message, ''].join('\n')
}

function exportedEntry({ domain, credentials }: DomainEntry): readonly string[] {
  const listed = credentials.flatMap((each) => exportedCredential(each.element))
  const list = listed.length === 0 ? ['credentials: []'] : ['credentials:', ...listed]
  const lines = [...exportedDomain(domain), ...list]
  return lines.map((each, at) => (at === 0 ? `    - ${each}` : `      ${each}`))
}

function exportedDomain(domain: XmlElement): readonly string[] {
  const name = childText(domain, 'name')
  if (name === undefined) return []
  const description = childText(domain, 'description')
  const specifications = (child(domain, 'specifications')?.children ?? []).flatMap((each) => [
    `  - ${kindOf(each)}:`,
    ...each.children.map((field) => `      ${field.name}: ${quoted(field.text ?? '')}`),
  ])
  return [
    'domain:',
    ...(description === undefined ? [] : [`  description: ${quoted(description)}`]),
    `  name: ${quoted(name)}`,
    ...(specifications.length === 0 ? [] : ['  specifications:', ...specifications]),
  ]
}

function kindOf(specification: XmlElement): string {
  const name = className(specification).split('.').at(-1) ?? ''
  return name.charAt(0).toLowerCase() + name.slice(1)
}

const SYMBOLS: Readonly<Record<string, string>> = { [USERNAME_PASSWORD]: 'usernamePassword', [SECRET_TEXT]: 'string' }

/** Attributes in the order of their names; an empty description and the defaults are left out. */
function exportedCredential(credential: XmlElement): readonly string[] {
  const symbol = SYMBOLS[className(credential)]
  if (symbol === undefined) return []
  const fields = credential.children
    .filter((each) => each.text !== '' && !(each.name === 'usernameSecret' && each.text === 'false'))
    .toSorted((a, b) => a.name.localeCompare(b.name))
  const value = (each: XmlElement) =>
    each.name === 'scope' || each.name === 'usernameSecret' ? (each.text ?? '') : quoted(each.text ?? '')
  return [`- ${symbol}:`, ...fields.map((each) => `    ${each.name}: ${value(each)}`)]
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`
}
