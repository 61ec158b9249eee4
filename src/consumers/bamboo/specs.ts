import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt, type Whom, whomOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { namesBitbucketIn } from '../name-words.ts'

/** `new UserPasswordAuthentication("alice").password("…")` and shared credentials of Java specs (Bamboo specs, reference). */
export function inSpecs(each: FieldDocument, document: Document): readonly Found[] {
  if (each.format !== 'java' && each.format !== 'kotlin') return []
  return each.fields.flatMap((field, at) => {
    if (field.keys.at(-2) !== 'password()') return []
    const authentication = field.keys.findIndex((key) => /^(?:authentication|accountAuthentication)\(\)$/.test(key))
    return authentication === -1
      ? ofSharedCredentials(field, at, each, document)
      : ofRepository(field, authentication, each, document)
  })
}

function ofRepository(field: Field, authentication: number, each: FieldDocument, { seal }: Document): readonly Found[] {
  const repository = field.keys.slice(0, authentication)
  const url = indexOf(each).fieldAt([...repository, 'url()', '0'], field)
  const isCloud = field.keys[authentication] === 'accountAuthentication()'
  const whom: Whom | undefined = isCloud ? { host: 'api.bitbucket.org' } : whomOf(url?.value.text ?? '')
  const user = indexOf(each).fieldAt([...field.keys.slice(0, -2), 'UserPasswordAuthentication()', '0'], field)
  const operations = isCloud ? (['rest', 'git-fetch'] as const) : (['git-fetch'] as const)
  return whom === undefined ? [] : foundAt({ operations }, field, user?.value, whom, seal)
}

/** `new UsernamePasswordCredentials("bitbucket").username("alice").password("…")`: its name tells. */
function ofSharedCredentials(field: Field, at: number, each: FieldDocument, { seal }: Document): readonly Found[] {
  const [name, user] = [each.fields[at - 2], each.fields[at - 1]]
  const isShared = name?.keys.at(-2) === 'UsernamePasswordCredentials()' && user?.keys.at(-2) === 'username()'
  if (!isShared || !namesBitbucketIn(name.value.text, each.text)) return []
  return foundAt({ operations: ['git-fetch'] }, field, user.value, { host: 'bitbucket.org' }, seal)
}
