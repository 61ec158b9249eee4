import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { DocumentReader, Whom } from '../field-detector.ts'
import { foundAt, whomOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { isOfOthers, namesBitbucket, nameWords, secretNameOf } from '../name-words.ts'

/** Names of the attributes that tell whom a resource is for, and who signs in. */
const ADDRESSES = ['repo', 'url', 'repository_url', 'context_path', 'repository']
const USERNAMES = ['username', 'user_name', 'user', 'email']

/** `resources/N/instances/M/attributes/…`: attributes of resources for Bitbucket whose name is that of a secret. */
export const inResources: DocumentReader = (each, { seal }) => {
  const { fieldAt } = indexOf(each)
  return each.fields.flatMap((field) => {
    const [list, resource = '', , , attributes] = field.keys
    const name = field.keys.at(-1) ?? ''
    if (list !== 'resources' || attributes !== 'attributes' || secretNameOf(name) === undefined) return []
    const beside = (names: readonly string[]): string | undefined =>
      names.flatMap((one) => fieldAt([...field.keys.slice(0, -1), one], field)?.value.text ?? [])[0]
    const type = decodeUtf8(fieldAt([list, resource, 'type'], field)?.value.text ?? '')
    const whom = whomFor(type, beside(ADDRESSES), beside(['server_type']))
    const user = USERNAMES.flatMap((one) => fieldAt([...field.keys.slice(0, -1), one], field) ?? [])[0]
    if (whom === undefined || (secretNameOf(name) === 'weak' && !name.includes('token'))) return []
    return foundAt({ form: 'pair or secret', operations: ['rest'] }, field, user?.value, whom, seal)
  })
}

/** `outputs/NAME/value`. */
export const inOutputs: DocumentReader = (each, { seal }) =>
  each.fields.flatMap((field) => {
    const [list, name = '', value] = field.keys
    const isMeant = list === 'outputs' && value === 'value' && field.keys.length === 3
    if (!isMeant || namesBitbucket(name) !== 'certain' || secretNameOf(name) !== 'strong') return []
    return foundAt({ form: 'pair or secret', operations: ['rest'] }, field, undefined, { host: 'bitbucket.org' }, seal)
  })

function whomFor(type: string, address: string | undefined, serverType: string | undefined): Whom | undefined {
  if (address !== undefined && /[/.]/.test(address)) return whomOf(decodeUtf8(address))
  const isNamed = namesBitbucket(type) === 'certain' && !isOfOthers(nameWords(type))
  return isNamed || serverType === 'BITBUCKET' ? { host: 'api.bitbucket.org' } : undefined
}
