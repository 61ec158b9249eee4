import type { Field, StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt, whomOf } from '../field-detector.ts'

/**
 * `<param name="secure:password" value="…"/>` of a VCS root or of a feature, in XML of the server and of its REST API. Values that begin
 * with `zxx` are scrambled, those with `credentialsJSON:` are elsewhere.
 */
export function inProperties(each: FieldDocument, { seal }: Document): readonly Found[] {
  if (each.format !== 'xml') return []
  return groupsOf(each.fields).flatMap((group) => {
    const root = group.get('secure:password')
    const whom = whomOf(group.get('url')?.value.text ?? '')
    const ofRoot =
      root === undefined || whom === undefined
        ? []
        : foundAt(
            { operations: ['git-fetch'] },
            named(root, 'secure:password'),
            group.get('username')?.value,
            whom,
            seal,
          )
    return [...ofRoot, ...ofFeature(group, seal)]
  })
}

function ofFeature(group: Properties, seal: Document['seal']): readonly Found[] {
  // The publisher and the feature for pull requests spell their names in ways of their own.
  const name = group.has('secure:bitbucketPassword') ? 'secure:bitbucketPassword' : 'secure:password'
  const publisher = group.get(name)
  const kind = group.get('publisherId')?.value.text ?? group.get('providerType')?.value.text ?? ''
  if (publisher === undefined || !/^bitbucketCloud/.test(kind)) return []
  const user: StoredText | undefined = (group.get('bitbucketUsername') ?? group.get('username'))?.value
  return foundAt({ operations: ['rest'] }, named(publisher, name), user, { host: 'api.bitbucket.org' }, seal)
}

type Properties = ReadonlyMap<string, Field>

/** Consecutive pairs; a name that comes again, or another parent, begins the next group. */
function groupsOf(fields: readonly Field[]): readonly Properties[] {
  const groups: Map<string, Field>[] = []
  let parent = ''
  for (const [at, field] of fields.entries()) {
    const before = fields[at - 1]
    if (field.keys.at(-1) !== '@value' || before?.keys.at(-1) !== '@name') continue
    const name = before.value.text
    const around = field.keys.slice(0, -2).join('\0')
    const last = groups.at(-1)
    if (last === undefined || around !== parent || last.has(name)) groups.push(new Map([[name, field]]))
    else last.set(name, field)
    parent = around
  }
  return groups
}

function named(field: Field, name: string): Field {
  return { ...field, keys: [...field.keys.slice(0, -2), name] }
}
