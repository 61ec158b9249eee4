import type { Field } from '../formats/field.ts'
import { withLowerKeys } from './casc-fields.ts'
import type { FieldDocument } from './document-fields.ts'
import { type FieldIndex, indexOf } from './field-index.ts'
import { jobsIn } from './jenkins-references.ts'
import { namesBitbucket } from './name-words.ts'
import type { SpotUse } from './variable-flow.ts'
import { referencesIn } from './variable-references.ts'

/** Where configuration as code keeps the secret of a credential, by the kind of the credential (configuration-as-code, demos/credentials). */
const SECRETS: Readonly<Record<string, string>> = { usernamepassword: 'password', string: 'secret' }

/** `password: ${BB_APP_PASSWORD}` of a credential of Jenkins that is Bitbucket's; its username stands beside it. */
export function cascReads(document: FieldDocument): readonly SpotUse[] {
  if (document.format !== 'yaml' || !/\bdomainCredentials\b/i.test(document.text)) return []
  const lowered = withLowerKeys(document)
  const index = indexOf(lowered)
  return lowered.fields.flatMap((field, at) => {
    const [kind = '', last] = field.keys.slice(-2)
    const keys = document.fields[at]?.keys ?? field.keys
    return SECRETS[kind] === last ? readOf(field, index, document).map((read) => ({ ...read, keys })) : []
  })
}

function readOf(field: Field, { fieldAt }: FieldIndex, document: FieldDocument): readonly SpotUse[] {
  const names = referencesIn(field.value.text)
  if (names.length === 0) return []
  const says = (name: string): string => fieldAt([...field.keys.slice(0, -1), name], field)?.value.text ?? ''
  const jobs = jobsIn(document).get(says('id')) ?? []
  const isNamed = [says('id'), says('description')].some((words) => namesBitbucket(words) === 'certain')
  if (jobs.length === 0 && !isNamed) return []
  const operations = new Set(jobs.length > 0 ? jobs.map(({ operation }) => operation) : (['git-fetch'] as const))
  // Of the other kind, secret text, the secret stands alone.
  const isLogin = field.keys.at(-2) === 'usernamepassword'
  const uses = [...operations].map((operation) =>
    isLogin && operation === 'rest' ? ({ operation, spelled: 'beside a name' } as const) : { operation },
  )
  return [{ names, at: field.extent[0], keys: field.keys, uses }]
}
