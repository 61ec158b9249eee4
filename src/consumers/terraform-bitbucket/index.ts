import type { Field } from '../../formats/field.ts'
import type { Consumer } from '../../model/consumer.ts'
import { type DocumentReader, fieldDetector, foundAt } from '../field-detector.ts'
import { type FieldIndex, indexOf } from '../field-index.ts'
import { matchKeys } from '../key-pattern.ts'

const BLOCKS = ['provider/bitbucket', 'provider/bitbucket/*']
/** Providers of the same name for Data Center are told where their server is. */
const SERVERS = ['server', 'url', 'base_url', 'host']
const OF_CLOUD = /^$|bitbucket\.org|^\$?\{?(?:var|local)\./

/** `password = var.name` in the provider, and the default of that variable, or a local value, in the same file. */
const inDefaults: DocumentReader = (each, { seal }) => {
  const index = indexOf(each)
  return each.fields.flatMap((field) => {
    if (!BLOCKS.some((block) => matchKeys(`${block}/password`, field.keys) !== undefined)) return []
    const secret = meant(field, index)
    const named = index.fieldAt([...field.keys.slice(0, -1), 'username'], field)
    const server = SERVERS.map((name) => index.fieldAt([...field.keys.slice(0, -1), name], field)?.value.text ?? '')
    if (secret === undefined || !server.every((told) => OF_CLOUD.test(told))) return []
    const username = named === undefined ? undefined : (meant(named, index) ?? named)
    return foundAt({ operations: ['rest'] }, secret, username?.value, { host: 'api.bitbucket.org' }, seal)
  })
}

function meant(field: Field, { fieldAt }: FieldIndex): Field | undefined {
  const [, kind, name = ''] = /^(?:\$\{)?(var|local)\.([\w-]+)\}?$/.exec(field.value.text) ?? []
  if (kind === undefined) return undefined
  return fieldAt(kind === 'var' ? ['variable', name, 'default'] : ['locals', name], field)
}

export const consumer: Consumer = {
  id: 'terraform-bitbucket',
  title: 'Terraform provider for Bitbucket',
  detector: fieldDetector({
    consumer: 'terraform-bitbucket',
    keywords: ['bitbucket'],
    fields: BLOCKS.map((block) => ({
      secret: `${block}/password`,
      username: [`${block}/username`],
      where: SERVERS.map((name) => [`${block}/${name}`, OF_CLOUD] as const),
      operations: ['rest'],
    })),
    more: [inDefaults],
  }),
}
