import { urlsIn } from '../formats/embedded-urls.ts'
import type { Field } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import type { Operation } from '../model/use.ts'
import { isBitbucketHost, isRestHost, repositoryOf } from './bitbucket-hosts.ts'
import { fieldsOf } from './document-fields.ts'
import type { DocumentReader, Found } from './field-detector.ts'
import { indexOf } from './field-index.ts'
import { decodedPiece, type Piece } from './field-place.ts'
import { secretConfidence } from './secret-text.ts'

/** `https://user:secret@bitbucket.org/…` anywhere in files of these names, also in one that another document holds. */
export function urlsOfFiles(files: RegExp): DocumentReader {
  return (each, document) => {
    if (!files.test(each.path)) return []
    const whole = each === fieldsOf(document) ? [{ keys: ['text'], value: each.whole }] : []
    // Values first, where escapes are resolved; then the whole, for comments and formats of their own.
    return [...each.fields, ...whole].flatMap((field) => urlsInField(field, document))
  }
}

/** The same in variables of these names, wherever they are set. */
export function urlsOfVariables(names: RegExp): DocumentReader {
  return (each, document) =>
    indexOf(each)
      .variables.filter(({ name }) => names.test(name))
      .flatMap(({ name, value }) => urlsInField({ keys: [name], value }, document))
}

function urlsInField({ keys, value }: Pick<Field, 'keys' | 'value'>, { seal }: Document): readonly Found[] {
  if (!value.text.includes('@')) return []
  return urlsIn(value.text).flatMap(({ from, url: { username, password, host, path } }) => {
    if (username === undefined || password === undefined || !isBitbucketHost(host)) return []
    const piece = ([start, end]: readonly [number, number]): Piece => ({
      text: value,
      from: from + start,
      to: from + end,
      written: 'percent',
    })
    const pieces = { username: piece(username), secret: piece(password) }
    const where = { level: 'certain', reason: 'a URL of Bitbucket' } as const
    const confidence = secretConfidence(decodedPiece(pieces.secret), seal, where)
    if (confidence === undefined) return []
    // pip and Helm write `@…`, Kustomize `//folder`, behind the repository.
    const repository = repositoryOf(path.replace(/@.*$/, '').replace(/(.)\/\/.*$/, '$1'))
    const use = { operation: operationOf(host, path), by: keys.join('.') }
    return [{ keys, host, pieces, confidence, uses: [{ ...use, ...(repository === undefined ? {} : { repository }) }] }]
  })
}

/** Archives and single files come from the web host, which follows the rule of REST. */
function operationOf(host: string, path: string): Operation {
  if (isRestHost(host)) return 'rest'
  return /^\/[^/]+\/[^/]+\/(?:get|raw|downloads|src)\//.test(path) ? 'web' : 'git-fetch'
}
