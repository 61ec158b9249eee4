import { readCodeFields } from '../../formats/code-fields.ts'
import { inside } from '../../formats/field.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { byFields, type DocumentReader, type FieldRule } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const

/** The provider is called `bitbucket`, or another one says that it is of that platform. */
const RULES = ['password', 'token'].flatMap((name): readonly FieldRule[] => [
  {
    secret: `providers/bitbucket/${name}`,
    username: ['providers/bitbucket/user'],
    where: [
      ['providers/bitbucket/platform', /^(?:bitbucket)?$/],
      ['providers/bitbucket/server', CLOUD_OR_NOTHING],
    ],
    operations: OPERATIONS,
  },
  {
    secret: `providers/*/${name}`,
    username: ['providers/*/user'],
    where: [
      ['providers/*/platform', /^bitbucket$/],
      ['providers/*/server', CLOUD_OR_NOTHING],
    ],
    operations: OPERATIONS,
  },
])

/** `providers { bitbucket { user = … } }`: a file called `scm`, or any that NXF_SCM_FILE names. It is Groovy whose blocks are sections. */
export const inProviders: DocumentReader = (each, document) => {
  if (!each.isParsed || !/\bproviders\s{0,20}[{.]/.test(each.text)) return []
  const { fields } = readCodeFields(each.text, 'groovy')
  const config = {
    ...each,
    nested: [],
    fields: fields.map((field) => ({ ...field, value: inside(each.whole, field.value) })),
  }
  return RULES.flatMap((rule) => byFields(rule, config, document))
}
