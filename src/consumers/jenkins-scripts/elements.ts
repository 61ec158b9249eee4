import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { isOfBitbucket } from '../jenkins-credential-names.ts'
import { jobsIn, usesOfMade } from '../jenkins-references.ts'
import { tailOf } from '../variables.ts'

const ELEMENT =
  /<(?:[\w.]+\.)?(UsernamePasswordCredentialsImpl|StringCredentialsImpl)\b[^>]{0,200}>([\s\S]{1,4000}?)<\/[\w.]*CredentialsImpl>/g

/** The XML of a credential in a script: for `jenkins-cli create-credentials-by-xml` or a POST to `createCredentials`. */
export function inElements(each: FieldDocument, document: Document): readonly Found[] {
  if (each.format === 'xml') return []
  const values = each.fields.map(({ value }) => value)
  const texts = each === fieldsOf(document) ? [...values, each.whole] : values
  return texts.filter(({ text }) => text.includes('CredentialsImpl')).flatMap((text) => inText(text, each, document))
}

function inText(value: StoredText, each: FieldDocument, { seal }: Document): readonly Found[] {
  return [...value.text.matchAll(ELEMENT)].flatMap(({ 0: whole, 1: type = '', 2: body = '', index }) => {
    const from = index + whole.indexOf('>') + 1
    const child = (name: string): StoredText | undefined => {
      const found = new RegExp(`<${name}>([^<]{1,4096})</${name}>`).exec(body)
      if (found === null) return undefined
      const start = from + found.index + name.length + 2
      return tailOf(value, start, start + (found[1] ?? '').length)
    }
    const kind = type.startsWith('Username') ? 'login' : 'text'
    const secret = child(kind === 'login' ? 'password' : 'secret')
    const words = [child('id')?.text ?? '', child('description')?.text ?? '']
    // A reference of XML inside would not be the secret.
    if (secret === undefined || secret.text.includes('&') || !isOfBitbucket(words, secret.text, kind, each, seal))
      return []
    const keys = [type, words[0] || 'credential']
    const uses = usesOfMade(jobsIn(each).get(words[0] ?? '') ?? [], keys.join('.'))
    const whom = { host: 'bitbucket.org' }
    const found = foundAt({ operations: ['git-fetch'] }, { keys, value: secret }, child('username'), whom, seal)
    return found.map((one) => ({ ...one, ...uses }))
  })
}
