import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Operation } from '../../model/use.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { isOfBitbucket } from '../jenkins-credential-names.ts'
import { jobsIn } from '../jenkins-references.ts'

/** `credentials.system.domainCredentials[].credentials[].usernamePassword`, and `string` (configuration-as-code, demos/credentials). */
export function inCredentials(each: FieldDocument, document: Document): readonly Found[] {
  return each.fields.flatMap((field) => {
    const [kind, last] = field.keys.slice(-2)
    const isLogin = kind === 'usernamePassword' && last === 'password'
    const isText = kind === 'string' && last === 'secret'
    return isLogin || isText ? ofCredential(field, each, document) : []
  })
}

function ofCredential(field: Field, each: FieldDocument, { seal }: Document): readonly Found[] {
  const { fieldAt } = indexOf(each)
  const beside = (name: string): Field | undefined => fieldAt([...field.keys.slice(0, -1), name], field)
  const says = (name: string): string => beside(name)?.value.text ?? ''
  const operations: readonly Operation[] = jobsIn(each).get(says('id')) ?? []
  const words = [says('id'), says('description'), ...domainOf(field, each)]
  if (operations.length === 0 && !isOfBitbucket(words, decodeUtf8(field.value.text), each, seal)) return []
  const reading = { operations: operations.length === 0 ? (['git-fetch'] as const) : operations }
  return foundAt(reading, field, beside('username')?.value, { host: 'bitbucket.org' }, seal)
}

/** The name of the domain around the credential, and the hosts that it is for. */
function domainOf({ keys, extent }: Field, each: FieldDocument): readonly string[] {
  const at = keys.lastIndexOf('domainCredentials')
  if (at === -1) return []
  const domain = [...keys.slice(0, at + 2), 'domain']
  const paths = [['name'], ['specifications', '0', 'hostnameSpecification', 'includes']]
  return paths.map((path) => indexOf(each).fieldAt([...domain, ...path], { extent })?.value.text ?? '')
}
