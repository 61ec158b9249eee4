import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { isOfBitbucket } from '../jenkins-credential-names.ts'
import { jobsIn, usesOfMade } from '../jenkins-references.ts'
import { recordOf } from '../record-fields.ts'

/** From the name of the block to its last argument. */
const BEFORE = 600

/** `usernamePasswordCredentialsImpl { id('…'); username('…'); password('…') }` of a folder (Job DSL, folderCredentialsProperty). */
export function inFolders(each: FieldDocument, { seal }: Document): readonly Found[] {
  if (each.format !== 'groovy') return []
  return each.fields.flatMap((field, at) => {
    const name = field.keys.at(-1)
    if (name !== 'password' && name !== 'secret') return []
    const [start] = field.extent
    if (!/\b(?:usernamePassword|string)CredentialsImpl\b/.test(each.text.slice(Math.max(0, start - BEFORE), start)))
      return []
    const record = recordOf(each.fields, at)
    const words = ['id', 'description'].map((key) => record.get(key)?.value.text ?? '')
    if (!isOfBitbucket(words, decodeUtf8(field.value.text), name === 'password' ? 'login' : 'text', each, seal))
      return []
    const user = name === 'password' ? record.get('username')?.value : undefined
    const uses = usesOfMade(jobsIn(each).get(words[0] ?? '') ?? [], field.keys.join('.'))
    const found = foundAt({ operations: ['git-fetch'] }, field, user, { host: 'bitbucket.org' }, seal)
    return found.map((one) => ({ ...one, ...uses }))
  })
}
