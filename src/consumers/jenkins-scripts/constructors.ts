import { decodeUtf8 } from '../../formats/byte-text.ts'
import { countWhile } from '../../formats/count-while.ts'
import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { isOfBitbucket } from '../jenkins-credential-names.ts'
import { jobsIn, usesOfMade } from '../jenkins-references.ts'

const CALL = /\bnew\s+(?:[\w.]+\.)?(UsernamePasswordCredentialsImpl|StringCredentialsImpl)\s*\(/g
/** Of the arguments of one call. */
const LONGEST = 2000

/**
 * `new UsernamePasswordCredentialsImpl(scope, id, description, username, password)` and `new StringCredentialsImpl(scope, id, description,
 * Secret.fromString(…))` of start-up scripts and of the script console (credentials and plain-credentials plugins).
 */
export function inConstructors(each: FieldDocument, { seal }: Document): readonly Found[] {
  return [...each.text.matchAll(CALL)].flatMap(({ 0: call, 1: type = '', index }) => {
    const open = index + call.length
    const written = argumentsFrom(each, open)
    const isLogin = type.startsWith('Username')
    const secret = written.get(isLogin ? 4 : 3)
    if (secret === undefined) return []
    const says = (at: number): string => written.get(at)?.value.text ?? ''
    if (!isOfBitbucket([says(1), says(2)], decodeUtf8(secret.value.text), isLogin ? 'login' : 'text', each, seal))
      return []
    const keys = [type, says(1) || 'credential']
    const user = isLogin ? written.get(3)?.value : undefined
    const uses = usesOfMade(jobsIn(each).get(says(1)) ?? [], keys.join('.'))
    const found = foundAt({ operations: ['git-fetch'] }, { ...secret, keys }, user, { host: 'bitbucket.org' }, seal)
    return found.map((one) => ({ ...one, ...uses }))
  })
}

/** The literals among the arguments of a call, by the number of the argument. */
function argumentsFrom(each: FieldDocument, open: number): ReadonlyMap<number, Field> {
  const literals = literalsFrom(each.fields, open)
  const found = new Map<number, Field>()
  let [depth, argument, next] = [0, 0, 0]
  for (let at = open; at < open + LONGEST && depth >= 0; at++) {
    const literal = literals[next]
    if (literal !== undefined && at >= literal.extent[0]) {
      if (!found.has(argument)) found.set(argument, literal)
      at = literal.extent[1] - 1
      next++
      continue
    }
    const character = each.text[at]
    if (character === undefined) break
    if (character === '(' || character === '[') depth++
    else if (character === ')' || character === ']') depth--
    else if (character === ',' && depth === 0) argument++
  }
  return found
}

/** Fields stand in the order of the text. */
function literalsFrom(fields: readonly Field[], open: number): readonly Field[] {
  const low = countWhile(fields, ({ extent: [from] }) => from < open)
  return fields.slice(low, low + 12)
}
