import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { fieldsOf } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt } from '../field-detector.ts'
import { tailOf } from '../variables.ts'

/** `git://bitbucket.org/ws/repo.git;protocol=https;user=name:secret` of `SRC_URI`: parameters stand behind semicolons. */
const SOURCE =
  /\b(?:git|gitsm|npmsw|https?):\/\/bitbucket\.org\/([\w.~-]{1,200})\/([\w.~-]{1,200}?)(?:\.git)?((?:;[\w.-]{1,40}=[^\s;"'\\]{0,600}){1,20})/g
const USER = /;user=([^:;]+):([^;]+)/

/** The language of recipes has a value over many lines; the text is read as it is. */
export const inSources: DocumentReader = (each, document) =>
  each === fieldsOf(document) && each.text.includes(';user=') ? inText(each.whole, document) : []

function inText(value: StoredText, { seal }: Document): readonly Found[] {
  return [...value.text.matchAll(SOURCE)].flatMap(
    ({ 0: whole, 1: workspace = '', 2: slug = '', 3: more = '', index }) => {
      const user = USER.exec(more)
      if (user === null) return []
      const [match, name = '', secret = ''] = user
      const end = index + whole.length - more.length + user.index + match.length
      const username = tailOf(value, end - secret.length - 1 - name.length, end - secret.length - 1)
      const found = { keys: ['SRC_URI'], value: tailOf(value, end - secret.length, end) }
      const whom = { host: 'bitbucket.org', repository: { workspace, slug } }
      return foundAt({ operations: ['git-fetch'] }, found, username, whom, seal)
    },
  )
}
