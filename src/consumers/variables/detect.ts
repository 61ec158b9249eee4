import { readUrl } from '../../formats/url.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Place } from '../../model/place.ts'
import type { Use } from '../../model/use.ts'
import { isBitbucketHost } from '../bitbucket-hosts.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, placesOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { decodedPiece, type Pieces, wholeOf } from '../field-place.ts'
import { namesBitbucket, namesUser, nameWords, type SecretName, secretNameOf, stemOf } from '../name-words.ts'
import { pairOf } from '../pair-text.ts'
import { isIssued, secretConfidence } from '../secret-text.ts'
import { BY_NAME_ALONE } from '../unresolved.ts'
import type { Variable } from '../variables.ts'

/** Finds variables whose name says that they hold a secret of Bitbucket, wherever variables are set. */
export const variablesDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [] }),
}

function placesIn(document: Document): readonly Place[] {
  const found = everyDocument(fieldsOf(document)).flatMap((each) => {
    const users = usersIn(each)
    return indexOf(each).variables.flatMap((variable) => foundAt(variable, users, each, document) ?? [])
  })
  return placesOf(document, 'variables', found)
}

/** By scope, and by what the names begin with. */
type Users = ReadonlyMap<string, Variable>

function usersIn(document: FieldDocument): Users {
  const users = new Map<string, Variable>()
  for (const variable of indexOf(document).variables) {
    if (!namesUser(variable.name)) continue
    for (const key of [`${variable.scope}\0${stemOf(variable.name)}`, `${variable.scope}\0`, stemOf(variable.name)])
      if (!users.has(key)) users.set(key, variable)
  }
  return users
}

function foundAt(variable: Variable, users: Users, each: FieldDocument, { seal }: Document): Found | undefined {
  const { name, value, keys, scope } = variable
  const [named, role] = [namesBitbucket(name), secretNameOf(name)]
  if (named === undefined || role === undefined) return undefined
  const stem = stemOf(name)
  const elsewhere = users.get(stem)
  const isAround = elsewhere !== undefined && (scope.startsWith(elsewhere.scope) || elsewhere.scope.startsWith(scope))
  const user = users.get(`${scope}\0${stem}`) ?? (isAround ? elsewhere : undefined)
  if (isOfAnotherAddress(variable, stem, each)) return undefined
  const pieces = piecesOf(variable, user)
  if (pieces === undefined) return undefined
  const where: Confidence = { level: 'likely', reason: 'the name of the variable' }
  const secret = decodedPiece(pieces.secret)
  const confidence = secretConfidence(secret, seal, where)
  if (confidence === undefined || !isPlausible(secret, role, pairOf(value) !== undefined)) return undefined
  const proved = confidence.reason === 'the checksum fits'
  // `BB_` opens a file by itself, `bb.` does not (src/scan/prefilter/needles.ts).
  const isIssuedToShort = isIssued(secret, seal) && /BB_[A-Za-z]/.test(name)
  if (named === 'short' && !proved && !isIssuedToShort && !/bitbucket/i.test(each.text)) return undefined
  const host = /(^|_)(API|REST)(_|$)/.test(nameWords(name).join('_')) ? 'api.bitbucket.org' : 'bitbucket.org'
  const use: Use = { operation: host === 'api.bitbucket.org' ? 'rest' : 'git-fetch', by: name }
  return {
    keys: value === undefined ? [] : keys.at(-1) === name ? keys : [...keys, name],
    host,
    pieces,
    confidence,
    uses: [use],
    unresolved: BY_NAME_ALONE,
  }
}

/** `ATLANTIS_BITBUCKET_BASE_URL` of Data Center settles whose `ATLANTIS_BITBUCKET_TOKEN` is. */
function isOfAnotherAddress({ scope }: Variable, stem: string, each: FieldDocument): boolean {
  const address = indexOf(each).addressIn(`${scope}\0${stem}`)
  const url = address === undefined ? undefined : readUrl(address.value.text)
  return url !== undefined && !isBitbucketHost(url.host)
}

function piecesOf({ value, name }: Variable, user: Variable | undefined): Pieces | undefined {
  const pair = pairOf(value)
  if (pair !== undefined) return pair
  if (nameWords(name).at(-1) === 'ORG' || nameWords(name).at(-1) === 'STRING') return undefined
  return { secret: wholeOf(value), ...(user === undefined ? {} : { username: wholeOf(user.value) }) }
}

/** Names of secrets are also the names of ids, paths and switches. */
function isPlausible(secret: string, role: SecretName, isPair: boolean): boolean {
  if (/^AT(BB|ATT3|CTT3)/.test(secret) || /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{20}$/.test(secret)) return true
  if (/^(?:[a-z]+:\/\/|[./~\\]|[A-Z]:\\)|[\\/]/.test(secret)) return false
  if (role === 'weak' && !isPair) return false
  return (
    /\d/.test(secret) &&
    /[A-Za-z]/.test(secret) &&
    secret.length >= 8 &&
    !/^[0-9a-f]{32,}$|^[0-9a-f-]{36}$/.test(secret)
  )
}
