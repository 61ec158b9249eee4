import type { Field } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import type { Operation } from '../model/use.ts'
import type { DocumentReader, Found } from './field-detector.ts'
import { type KeyPattern, matchKeys } from './key-pattern.ts'
import { foundAtUrl, urlCredentialsIn } from './url-credentials.ts'

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

/** The consumer knows what it does with the URL. */
export function inUrlField(
  { keys, value }: Field,
  operations: readonly Operation[],
  document: Document,
): readonly Found[] {
  return urlCredentialsIn(value, document).map((credential) => foundAtUrl(keys, credential, operations))
}
