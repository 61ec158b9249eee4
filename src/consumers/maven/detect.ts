import type { Field } from '../../formats/field.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Whom, whomOf } from '../field-detector.ts'
import { isOfOthers, namesBitbucket, nameWords } from '../name-words.ts'

/** `<server>` of a settings.xml: its `id` is the host itself, names Bitbucket, or is that of a repository which Bitbucket serves. */
export const inServers: DocumentReader = (each, { seal }) => {
  if (each.format !== 'xml' || !each.text.includes('<server>')) return []
  const repositories = repositoriesOf(each)
  return elementsOf(each, 'server').flatMap((server): readonly Found[] => {
    const [id, password] = [server.get('id')?.value.text ?? '', server.get('password')]
    const whom = repositories.get(id) ?? namedWhom(id)
    // `{…}` is encrypted with the key of settings-security.xml.
    if (whom === undefined || password === undefined || /^\{.*\}$/s.test(password.value.text)) return []
    const operations = whom.host === 'api.bitbucket.org' ? (['rest'] as const) : (['git-fetch', 'git-push'] as const)
    const at = { keys: ['server', id, 'password'], value: password.value }
    return foundAt({ operations }, at, server.get('username')?.value, whom, seal)
  })
}

function namedWhom(id: string): Whom | undefined {
  const host = whomOf(id)
  if (host !== undefined) return host
  return namesBitbucket(id) === 'certain' && !isOfOthers(nameWords(id)) ? { host: 'bitbucket.org' } : undefined
}

function repositoriesOf(each: FieldDocument): ReadonlyMap<string, Whom> {
  const all = ['repository', 'pluginRepository', 'snapshotRepository', 'mirror'].flatMap((name) =>
    elementsOf(each, name),
  )
  return new Map(
    all.flatMap((element) => {
      const [id, whom] = [element.get('id')?.value.text, whomOf(element.get('url')?.value.text ?? '')]
      return id === undefined || whom === undefined ? [] : [[id, whom] as const]
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
