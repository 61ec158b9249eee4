import { urlsIn } from '../formats/embedded-urls.ts'
import type { Field } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import type { Operation } from '../model/use.ts'
import { isBitbucketHost, repositoryOf } from './bitbucket-hosts.ts'
import type { DocumentReader, Found } from './field-detector.ts'
import { decodedPiece, type Piece } from './field-place.ts'
import { type KeyPattern, matchKeys } from './key-pattern.ts'
import { secretConfidence } from './secret-text.ts'

/** Fields that hold `https://user:secret@bitbucket.org/…`, alone or among words. */
export function inUrlFields(
  patterns: readonly KeyPattern[],
  operations: readonly Operation[] = ['git-fetch'],
): DocumentReader {
  return (each, document) =>
    each.fields.flatMap((field) =>
      field.value.text.includes('@') && patterns.some((pattern) => matchKeys(pattern, field.keys) !== undefined)
        ? inUrlField(field, operations, document)
        : [],
    )
}

export function inUrlField(
  { keys, value }: Field,
  operations: readonly Operation[],
  { seal }: Document,
): readonly Found[] {
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
    // Terraform names a folder of the repository behind `//`.
    const repository = repositoryOf(path.replace(/(.)\/\/.*$/, '$1'))
    const by = keys.join('.')
    const uses = operations.map((operation) => ({
      operation,
      by,
      ...(repository === undefined ? {} : { repository }),
    }))
    return [{ keys, host, pieces, confidence, uses }]
  })
}
