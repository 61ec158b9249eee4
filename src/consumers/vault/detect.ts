import type { DocumentReader, Found } from '../field-detector.ts'
import { foundAt, whomOf } from '../field-detector.ts'
import { namesBitbucket, namesUser } from '../name-words.ts'

const SECRET = /^(?:.*_)?(?:password|app_?password|token|api_?token)$/i

/**
 * What `vault kv get -format=json` prints. It does not name the path, so an address in the secret, the names of its keys or that of the
 * file have to tell whose it is.
 */
export const inVaultReply: DocumentReader = (each, { seal, path }) => {
  if (!/"(?:lease_duration|created_time)"/.test(each.text)) return []
  const inData = each.fields.filter(({ keys }) => keys[0] === 'data' && keys.length === (keys[1] === 'data' ? 3 : 2))
  const address = inData.find(({ keys }) => /^(?:url|host|uri|server)$/i.test(keys.at(-1) ?? ''))
  const whom = address === undefined ? undefined : whomOf(address.value.text)
  const isNamed = /bitbucket(?!-?server)[^\\/]*$/i.test(path) && address === undefined
  const user = inData.find(({ keys }) => namesUser(keys.at(-1) ?? ''))
  return inData.flatMap((field): readonly Found[] => {
    const name = field.keys.at(-1) ?? ''
    const host = whom ?? (isNamed || namesBitbucket(name) === 'certain' ? { host: 'bitbucket.org' } : undefined)
    if (!SECRET.test(name) || host === undefined) return []
    return foundAt(
      { form: 'pair or secret', operations: ['git-fetch', 'rest'], isGuess: true },
      field,
      user?.value,
      host,
      seal,
    )
  })
}
