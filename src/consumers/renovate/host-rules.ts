import { inside } from '../../formats/field.ts'
import { readJsonFields } from '../../formats/json-fields.ts'
import { byFields, type DocumentReader, type FieldRule } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'

/** `matchHost`, and what it was called before Renovate 25. */
const HOSTS = ['matchHost', 'hostName', 'domainName', 'baseUrl'].map((name) => `**/hostRules/*/${name}`)

/** A data source of git is asked under the username that stands there, one of Bitbucket over REST; without a type it is both (renovate, host-rules). */
const TYPES: readonly Pick<FieldRule, 'where' | 'operations'>[] = [
  { where: [['**/hostRules/*/hostType', /^git-(?:refs|tags)$/]], operations: ['git-fetch'] },
  { where: [['**/hostRules/*/hostType', /^bitbucket(?:-tags)?$/]], operations: ['rest'] },
  {
    where: [['**/hostRules/*/hostType', /^(?!(?:git-(?:refs|tags)|bitbucket(?:-tags)?)$)/]],
    operations: ['rest', 'git-fetch'],
  },
]

export const HOST_RULES: readonly FieldRule[] = TYPES.flatMap((type) => [
  { secret: '**/hostRules/*/password', username: ['**/hostRules/*/username'], host: HOSTS, ...type },
  { secret: '**/hostRules/*/token', host: HOSTS, ...type },
])

/** `RENOVATE_HOST_RULES='[{"matchHost": "bitbucket.org", …}]'` */
export const inHostRulesVariable: DocumentReader = (each, document) =>
  indexOf(each)
    .variablesNamed('RENOVATE_HOST_RULES')
    .flatMap(({ value, keys }) => {
      const { fields } = readJsonFields(value.text)
      const named = fields.map((field) => ({
        ...field,
        keys: ['hostRules', ...field.keys],
        value: inside(value, field.value),
      }))
      const rules = { ...each, text: value.text, whole: value, fields: named, nested: [] }
      return HOST_RULES.flatMap((rule) => byFields(rule, rules, document)).map((found) => ({
        ...found,
        keys: [...keys, ...found.keys.slice(1)],
      }))
    })
