import { fieldsOf } from '../document-fields.ts'
import { type DocumentReader, foundAt } from '../field-detector.ts'
import { tailOf } from '../variables.ts'

/** The file storage keeps the bytes of a key under its own path. */
const STORED = /[\\/]storage[\\/]content[\\/]keys[\\/](?:.*[\\/])?([^\\/]*bitbucket[^\\/]*)$/i

/** A key whose name says that it is for Bitbucket: the whole file is the password. */
export const inKeyStorage: DocumentReader = (each, document) => {
  const name = STORED.exec(document.path)?.[1]
  if (name === undefined || each !== fieldsOf(document)) return []
  const text = each.text.trim()
  if (text.includes('\n') || text.startsWith('ssh-')) return []
  const start = each.text.indexOf(text)
  const value = tailOf(each.whole, start, start + text.length)
  return foundAt(
    { operations: ['git-fetch', 'git-push'] },
    { keys: [name], value },
    undefined,
    { host: 'bitbucket.org' },
    document.seal,
  )
}
