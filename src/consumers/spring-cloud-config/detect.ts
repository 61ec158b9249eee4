import type { Field } from '../../formats/field.ts'
import { type DocumentReader, type Found, foundAt, whomOf } from '../field-detector.ts'

/** With a repository for each pattern of applications, `repos.{name}` stands in between. */
const PASSWORD = /^(spring\.cloud\.config\.server\.git\.(?:repos\.[^.]+\.)?)password$/i

/** `spring.cloud.config.server.git` of application.properties and application.yml; a key of dots and a path of keys are the same. */
export const inServerSettings: DocumentReader = (each, { seal }) => {
  const passwords = each.fields.filter((field) => PASSWORD.test(nameOf(field)))
  if (passwords.length === 0) return []
  const byName = new Map(each.fields.map((field) => [nameOf(field).toLowerCase(), field]))
  return passwords.flatMap((field): readonly Found[] => {
    const prefix = (PASSWORD.exec(nameOf(field))?.[1] ?? '').toLowerCase()
    const whom = whomOf(byName.get(`${prefix}uri`)?.value.text ?? '')
    if (whom === undefined) return []
    return foundAt({ operations: ['git-fetch'] }, field, byName.get(`${prefix}username`)?.value, whom, seal)
  })
}

function nameOf({ keys }: Field): string {
  return keys.join('.')
}
