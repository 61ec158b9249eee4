import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Place } from '../../model/place.ts'
import type { Repository, Use } from '../../model/use.ts'
import { addressIn } from '../bitbucket-address.ts'
import { isRestHost } from '../bitbucket-hosts.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { isProgram } from '../document-format.ts'
import { everyDocument, type Found, placesOf, whomOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { decodedPiece, type Pieces, wholeOf } from '../field-place.ts'
import { hostOfKey } from '../key-pattern.ts'
import { isNeutral, isOfOthers, namesBitbucket, namesUser, nameWords, secretNameOf } from '../name-words.ts'
import { hostsIn } from '../nearest-host.ts'
import { type OwnBlock, ownBlock } from '../own-block.ts'
import { pairOf } from '../pair-text.ts'
import { isIssued, secretConfidence } from '../secret-text.ts'
import type { Variable } from '../variables.ts'

/** Finds a secret by the name of its field where something near it says that it is for Bitbucket. */
export const settingsDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [] }),
}

function placesIn(document: Document): readonly Place[] {
  const found = everyDocument(fieldsOf(document))
    .filter(({ text }) => /bitbucket/i.test(text))
    .flatMap((each) => indexOf(each).variables.flatMap((variable) => foundAt(variable, each, document) ?? []))
  return placesOf(document, 'settings', found)
}

function foundAt(variable: Variable, each: FieldDocument, { seal }: Document): Found | undefined {
  const { name, keys, value } = variable
  if (secretNameOf(name) === undefined || !(isNeutral(name) || namesBitbucket(name) === 'certain')) return undefined
  const whole = pairOf(value)
  const text = decodedPiece(whole?.secret ?? wholeOf(value))
  if (!isSecretLike(text)) return undefined
  const block = ownBlock(variable, each)
  const whom = whomFor(variable, each, block) ?? (isIssued(text, seal) ? nearWhom(variable, each, block) : undefined)
  if (whom === undefined || whom === 'somebody else') return undefined
  const where: Confidence = { level: 'likely', reason: whom.reason }
  const confidence = secretConfidence(text, seal, where)
  if (confidence === undefined || (secretNameOf(name) === 'weak' && !isIssued(text, seal))) return undefined
  const pieces = whole ?? withUsername(variable, each, block)
  const by = keys.slice(0, -1).join('.') || name
  const operation = isRestHost(whom.host) ? 'rest' : whom.isOnWeb === true ? 'web' : 'git-fetch'
  const use: Use = { operation, by, ...(whom.repository === undefined ? {} : { repository: whom.repository }) }
  const found = { keys: value.text === '' ? [] : keys, host: whom.host, pieces, confidence, uses: [use] }
  return whom.isAddressed ? found : { ...found, unresolved: 'what stands around it says Bitbucket, and not what for' }
}

function withUsername(variable: Variable, each: FieldDocument, block: OwnBlock | undefined): Pieces {
  const { value, keys, scope } = variable
  const index = indexOf(each)
  const users = index.siblingsOf(keys, variable).filter(({ keys: other }) => namesUser(other.at(-1) ?? ''))
  const named = [...users, index.userIn(scope)].find((user) => user !== undefined && block?.holds(user) !== false)
  return { secret: wholeOf(value), ...(named === undefined ? {} : { username: wholeOf(named.value) }) }
}

interface Whom {
  readonly host: string
  readonly repository?: Repository
  readonly reason: string
  /** An address beside it tells what it is for. */
  readonly isAddressed: boolean
  readonly isOnWeb?: true
}

const ADDRESS =
  /^(?:url|repo|repository|repourl|uri|host|server|endpoint|remote|source|git|baseurl|cloneurl|hostname|machine|address|site|projecturl|baseuri|apiurl|gitcloneurl|domain|hosts|matchhost|serverurl|giturl|gituri|repositoryurl|remoteurl|scmurl)$/
const KIND =
  /^(?:type|kind|platform|provider|vcs|scm|service|servertype|vcstype|gitprovider|forge|hosttype|sourcetype)$/

/** What a step of a pipeline runs. */
const TOOL = /^(?:uses|pipe|action)$/

/** What is nearest tells: a URL beside it, one level up, a kind beside it, a key around it. */
function whomFor(
  variable: Variable,
  each: FieldDocument,
  block: OwnBlock | undefined,
): Whom | 'somebody else' | undefined {
  const { keys } = variable
  const index = indexOf(each)
  for (let depth = 0; depth < 3 && depth < keys.length; depth++) {
    const beside = index
      .siblingsOf(keys.slice(0, keys.length - depth), variable)
      .filter((one) => block?.holds(one) !== false)
    const told = beside.find((one) => isAddress(one) && !isOfModule(one, each))
    const whom = told === undefined ? undefined : whomOf(decodeUtf8(told.value.text))
    // `repository` of a project says nothing about its `stripe`.
    if (whom !== undefined && !isOpen(keys.slice(-1 - depth, -1))) continue
    if (told !== undefined) {
      // An address of somebody else settles it.
      return whom === undefined
        ? 'somebody else'
        : { ...whom, reason: 'it stands beside a URL of Bitbucket', isAddressed: true, ...sideOf(told) }
    }
    if (beside.some(namesKind))
      return { host: 'bitbucket.org', reason: 'what stands beside it names Bitbucket', isAddressed: false }
  }
  return whomAround(variable, block)
}

/** Archives and single files come from the web host, which follows the rule of REST. */
function sideOf({ value }: Field): Pick<Whom, 'isOnWeb'> {
  return addressIn(decodeUtf8(value.text))?.side === 'web' ? { isOnWeb: true } : {}
}

function namesKind({ keys, value: { text } }: Field): boolean {
  const name = keys.at(-1) ?? ''
  if (TOOL.test(name) && /bitbucket(?![-_ ]?(?:server|datacenter|dc\b))/i.test(text)) return true
  return KIND.test(joined(name)) && /^bitbucket([-_ ]?cloud)?$/i.test(text)
}

function whomAround({ keys, name }: Variable, block: OwnBlock | undefined): Whom | 'somebody else' | undefined {
  if (keys.some((key) => namesBitbucket(key) !== undefined && isOfOthers(nameWords(key)))) return 'somebody else'
  if (keys.some((key) => isHost(key) && hostOfKey(key) === undefined)) return 'somebody else'
  if (keys.slice(0, -1).some((key) => namesBitbucket(key) === 'certain'))
    return { host: 'bitbucket.org', reason: 'the keys around it name Bitbucket', isAddressed: false }
  return block?.isOfOthers === true && namesBitbucket(name) !== 'certain' ? 'somebody else' : undefined
}

/** A key that is the name of a host: `auths`, `http-basic` and the like list them. */
function isHost(key: string): boolean {
  return /^(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+(?:[:/].*)?$/.test(key) && /\.(?:[a-z]{2,})(?:[:/].*)?$/.test(key)
}

function isAddress({ keys, value: { text } }: Field): boolean {
  return ADDRESS.test(joined(keys.at(-1) ?? '')) && /[.:]/.test(text) && !/^\d+$/.test(text)
}

/** Where a module of Terraform comes from, and not what its arguments are for. */
function isOfModule({ keys }: Field, { format }: FieldDocument): boolean {
  return format === 'hcl' && /^(?:module|terraform)$/.test(keys[0] ?? '') && keys.at(-1) === 'source'
}

function joined(name: string): string {
  return nameWords(name).join('').toLowerCase()
}

/** Of a secret that has the form of one of Bitbucket, the nearest host in the text tells. */
function nearWhom(variable: Variable, each: FieldDocument, block: OwnBlock | undefined): Whom | undefined {
  const { name, value } = variable
  if (SETTINGS.has(each.format) && !isInSection(variable, each)) return undefined
  if (secretNameOf(name) === 'weak' && !/^AT(?:BB|ATT3|CTT3)/.test(value.text)) return undefined
  const [start] = value.spanOf(0, value.text.length)
  const stands = value.within === undefined && each.text.startsWith(value.text, start)
  const at = stands ? start : each.text.indexOf(value.text)
  const hosts = hostsIn(each.text)
  const host = at === -1 ? undefined : hosts.bitbucketNear(at, at + value.text.length)
  const named = at === -1 ? undefined : hosts.nearestAt(at, at + value.text.length)
  // A program says where it was cloned from; what it hands to a client is read by its calls.
  const isBare = !/^AT(?:BB|ATT3|CTT3)/.test(value.text)
  if (isBare && isProgram(each.format) && host !== 'api.bitbucket.org') return undefined
  // What other commands of a script are given, and what stands in other blocks, is not for it.
  if (isBare && named !== undefined && block?.holds({ extent: [named, named] }) === false) return undefined
  return host === undefined ? undefined : { host, reason: 'the nearest host is one of Bitbucket', isAddressed: false }
}

const SETTINGS: ReadonlySet<string> = new Set(['json', 'yaml', 'toml', 'xml', 'ini', 'properties', 'hcl'])

/** A section of something else, such as `[mysql]`, has addresses of its own, or none; those of the whole document say little about a section. */
function isInSection(variable: Variable, each: FieldDocument): boolean {
  const { keys } = variable
  const index = indexOf(each)
  for (let depth = keys.length; depth > (keys.length > 1 ? 1 : 0); depth--) {
    if (!isOpen(keys.slice(depth, -1))) return false
    const beside = index.siblingsOf(keys.slice(0, depth), variable)
    if (beside.some((one) => one.value.text.includes('bitbucket.org') && !isOfModule(one, each))) return true
  }
  return keys.length === 1
}

/** None of the sections is one of another service. */
function isOpen(sections: readonly string[]): boolean {
  return sections.every(
    (key) => /^\d+$|^@|\(\)$/.test(key) || isNeutral(key) || isHost(key) || ANY_SECTION.test(joined(key)),
  )
}

/** Names that hold settings of anything. */
const ANY_SECTION =
  /^(?:x|default|defaults|config|configs|configuration|settings|options|params|parameters|env|environment|environments|variables|vars|values|data|stringdata|spec|secrets?|inputs?|properties|property|global|common|main|all|prod|production|dev|development|staging|test|x?auth|anchors?|definitions|project|jobs?|steps?|tasks?|module|exports|args|arguments|extra\w*|self|this|root|body|attributes|connection|clone|deploy|backup|sources?|remotes?|repos|repositories|items?|requests?|login|logins|users?|accounts?|bot|bots|host|hosts|server|servers|providers?|integrations?|rules|hostrules|list|entries|entry|options?|http\w*|basic\w*|git\w*|scm\w*|vcs\w*)$/

function isSecretLike(text: string): boolean {
  if (/^AT(BB|ATT3|CTT3)/.test(text) || /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{20}$/.test(text)) return true
  if (/[\\/]|:\/\//.test(text)) return false
  return /\d/.test(text) && /[A-Za-z]/.test(text) && text.length >= 8 && !/^[0-9a-f]{32,}$|^[0-9a-f-]{36}$/.test(text)
}
