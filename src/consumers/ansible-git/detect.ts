import type { StoredText } from '../../formats/field.ts'
import { type DocumentReader, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import type { Variable } from '../variables.ts'

/** `https://{{ user }}:{{ secret | urlencode }}@bitbucket.org/…`; the user may be written out. */
const URL =
  /https?:\/\/(?:\{\{[ \t]*([\w.]+)[^{}\n]{0,80}\}\}|[\w.%+-]{1,100}):\{\{[ \t]*([\w.]+)[^{}\n]{0,80}\}\}@(bitbucket\.org)\/([\w.~-]+)\/([\w.~-]+?)(?:\.git)?(?=$|[\s"'?#])/g

/** The variables that a URL of Bitbucket in the same file is made of, whatever they are called. */
export const inTemplates: DocumentReader = (each, { seal }) => {
  const { variablesNamed } = indexOf(each)
  const variable = (path: string | undefined): Variable | undefined => variablesNamed(path?.split('.').at(-1) ?? '')[0]
  return each.fields
    .filter(({ value }) => value.text.includes('}}@bitbucket.org/'))
    .flatMap(({ value }) => [...value.text.matchAll(URL)])
    .flatMap(([, user, secret, host = '', workspace = '', slug = '']) => {
      const found = variable(secret)
      const username: StoredText | undefined = variable(user)?.value
      if (found === undefined) return []
      return foundAt({ operations: ['git-fetch'] }, found, username, { host, repository: { workspace, slug } }, seal)
    })
}
