import { decodeBasicPair } from '../formats/base64-pair.ts'
import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Document } from '../model/consumer.ts'
import type { Confidence } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import { type FieldDocument, fieldsOf } from './document-fields.ts'
import { type Found, pairPieces } from './field-detector.ts'
import { indexOf } from './field-index.ts'
import { decodedPiece, type Pieces, wholeOf } from './field-place.ts'
import { namesBitbucketIn, namesUser, nameWords, secretNameOf } from './name-words.ts'
import { stepsOf } from './pipeline-steps.ts'
import { isIssued, secretConfidence } from './secret-text.ts'
import { BY_NAME_ALONE } from './unresolved.ts'
import type { Variable } from './variables.ts'

/** Variables of a pipeline whose names say Bitbucket, with what its steps do with them. */
export function inPipelineVariables(each: FieldDocument, document: Document): readonly Found[] {
  const named = indexOf(each).variables.filter(({ name }) => namesBitbucketIn(name, each.text))
  const users = named.filter(({ name }) => namesUser(name))
  const byScope = new Map(users.toReversed().map((user) => [user.scope, user]))
  return named.flatMap((variable) => {
    const user = byScope.get(variable.scope) ?? (users.length === 1 ? users[0] : undefined)
    return foundIn(variable, user, document)
  })
}

function foundIn(variable: Variable, user: Variable | undefined, document: Document): readonly Found[] {
  const { name, keys } = variable
  const role = secretNameOf(name)
  const pieces = role === undefined ? undefined : piecesOf(variable, user)
  if (role === undefined || pieces === undefined) return []
  const text = decodedPiece(pieces.secret)
  const where: Confidence = { level: 'likely', reason: 'the name of the variable' }
  const confidence = secretConfidence(text, document.seal, where)
  const isPair = pieces.secret.written === 'base64-pair' || isPairText(decodeUtf8(variable.value.text))
  if (confidence === undefined || !(isIssued(text, document.seal) || isChosen(text, isPair || role === 'strong')))
    return []
  const followed = stepsOf(fieldsOf(document)).usesOf(name)
  const isSeen = followed.length > 0
  const uses: readonly Use[] = isSeen
    ? followed.map((use) => ({ ...use, by: name, followed: true }))
    : [guessedUse(name)]
  const host = uses[0]?.operation === 'rest' ? 'api.bitbucket.org' : 'bitbucket.org'
  const shown = keys.at(-1) === name ? keys : [...keys, name]
  return [{ keys: shown, host, pieces, confidence, uses, ...(isSeen ? {} : { unresolved: BY_NAME_ALONE }) }]
}

function guessedUse(name: string): Use {
  return { operation: /(^|_)(API|REST)(_|$)/.test(nameWords(name).join('_')) ? 'rest' : 'git-fetch', by: name }
}

function piecesOf({ value, name }: Variable, user: Variable | undefined): Pieces | undefined {
  const text = decodeUtf8(value.text)
  if (/^[A-Za-z0-9+/]{24,}={0,2}$/.test(text) && decodeBasicPair(text) !== undefined && !/^AT(BB|ATT|CTT)/.test(text))
    return { secret: wholeOf(value, 'base64-pair') }
  if (isPairText(text)) return pairPieces(value)
  if (/^(?:ORG|STRING)$/.test(nameWords(name).at(-1) ?? '')) return undefined
  return { secret: wholeOf(value), ...(user === undefined ? {} : { username: wholeOf(user.value) }) }
}

function isPairText(text: string): boolean {
  return /^[^\s:/@]+(?:@[^\s:/]+)?:[^\s:/]\S*$/.test(text)
}

/** A password that a person chose; names of secrets are also those of paths, ids and switches. */
function isChosen(text: string, isStrong: boolean): boolean {
  const isData = /[\\/]|^[0-9a-f]{32,}$|^[0-9a-f-]{36}$/.test(text)
  return isStrong && !isData && /\d/.test(text) && /[A-Za-z]/.test(text) && text.length >= 8
}
