import type { Field } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import { fieldsOf } from './document-fields.ts'
import type { DocumentReader, Found } from './field-detector.ts'
import { indexOf } from './field-index.ts'
import { foundAtUrl, urlCredentialsIn } from './url-credentials.ts'

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

export function urlsInField({ keys, value }: Pick<Field, 'keys' | 'value'>, document: Document): readonly Found[] {
  return urlCredentialsIn(value, document).map((credential) => foundAtUrl(keys, credential))
}
