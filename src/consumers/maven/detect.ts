import type { Field, StoredText } from '../../formats/field.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Reading, type Whom, whomOf } from '../field-detector.ts'
import { isOfOthers, namesBitbucket, nameWords } from '../name-words.ts'
import { packageRepositoryAt } from '../package-repository.ts'
import { tailOf } from '../variables.ts'

/** `<server>` of a settings.xml: its `id` is the host itself, names Bitbucket, or is that of a repository which Bitbucket serves. */
export const inServers: DocumentReader = (each, { seal }) => {
  if (each.format !== 'xml' || !each.text.includes('<server>')) return []
  const repositories = repositoriesOf(each)
  return elementsOf(each, 'server').flatMap((server): readonly Found[] => {
    const [id, password] = [server.get('id')?.value.text.trim() ?? '', trimmed(server.get('password'))]
    const served = repositories.get(id) ?? namedServer(id)
    // `{…}` is encrypted with the key of settings-security.xml.
    if (served === undefined || password === undefined || /^\{.*\}$/s.test(password.text)) return []
    const at = { keys: ['server', id, 'password'], value: password }
    return foundAt(served, at, trimmed(server.get('username')), served.whom, seal)
  })
}

/** Maven reads every text of its settings without the blanks and lines around it (SettingsXpp3Reader, getTrimmedValue). */
function trimmed(field: Field | undefined): StoredText | undefined {
  if (field === undefined) return undefined
  const { text } = field.value
  const from = text.length - text.trimStart().length
  return tailOf(field.value, from, Math.max(from, text.trimEnd().length))
}

interface Server extends Pick<Reading, 'operations'> {
  readonly whom: Whom
}

/** Without a repository of its name it is for the version control. */
function namedServer(id: string): Server | undefined {
  const isNamed = namesBitbucket(id) === 'certain' && !isOfOthers(nameWords(id))
  const whom = whomOf(id) ?? (isNamed ? { host: 'bitbucket.org' } : undefined)
  if (whom === undefined) return undefined
  return { whom, operations: whom.host === 'api.bitbucket.org' ? ['rest'] : ['git-fetch', 'git-push'] }
}

function repositoriesOf(each: FieldDocument): ReadonlyMap<string, Server> {
  const all = ['repository', 'pluginRepository', 'snapshotRepository', 'mirror'].flatMap((name) =>
    elementsOf(each, name),
  )
  return new Map(
    all.flatMap((element) => {
      const [id, served] = [
        element.get('id')?.value.text.trim(),
        packageRepositoryAt(element.get('url')?.value.text.trim() ?? ''),
      ]
      return id === undefined || served === undefined ? [] : [[id, served] as const]
    }),
  )
}

/** Children of each element of that name. Keys do not count repeated elements, so the text tells where one begins. */
function elementsOf(each: FieldDocument, name: string): readonly ReadonlyMap<string, Field>[] {
  const elements = new Map<number, Map<string, Field>>()
  let start = -1
  let next = each.text.indexOf(`<${name}>`)
  for (const field of each.fields) {
    if (field.keys.at(-2) !== name) continue
    while (next !== -1 && next < field.extent[0]) [start, next] = [next, each.text.indexOf(`<${name}>`, next + 1)]
    const element = elements.get(start) ?? new Map<string, Field>()
    element.set(field.keys.at(-1) ?? '', field)
    elements.set(start, element)
  }
  return [...elements.values()]
}
