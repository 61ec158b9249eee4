import { type DocumentReader, type Found, foundAt } from '../field-detector.ts'
import { isOfOthers, namesBitbucket, namesUser, nameWords, secretNameOf } from '../name-words.ts'

/** What `doppler secrets --json` prints: each name with `computed`, and with `raw`, which is the same where nothing is referred to. */
export const inSecrets: DocumentReader = (each, { seal }) => {
  const all = each.fields.flatMap((field) => {
    const [name = '', form = ''] = field.keys.slice(-2)
    return form === 'computed' || form === 'raw' ? [{ name, form, field }] : []
  })
  const user = all.find(
    ({ name, form }) => form === 'computed' && namesBitbucket(name) === 'certain' && namesUser(name),
  )
  return all.flatMap(({ name, field }): readonly Found[] => {
    if (namesBitbucket(name) !== 'certain' || isOfOthers(nameWords(name)) || secretNameOf(name) !== 'strong') return []
    const reading = { form: 'pair or secret', operations: ['git-fetch', 'rest'], isGuess: true } as const
    return foundAt(reading, field, user?.field.value, { host: 'bitbucket.org' }, seal)
  })
}
