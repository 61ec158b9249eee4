import type { Field } from '../formats/field.ts'
import { addressIn } from './bitbucket-address.ts'
import type { FieldDocument } from './document-fields.ts'
import { indexOf } from './field-index.ts'
import type { SpotUse } from './variable-flow.ts'
import { terraformReferencesIn } from './variable-references.ts'

const PROVIDER = /\bprovider\s+"bitbucket"\s*\{/g
/** What the provider reads when its block is silent (DrFaust92/bitbucket, "Argument Reference"). */
const ENVIRONMENT = ['BITBUCKET_PASSWORD']

const BY_PROVIDER = { operation: 'rest', tool: 'terraform-bitbucket' } as const

/** Providers and blocks of Terraform that are given a variable and ask Bitbucket with it. */
export function terraformReads(document: FieldDocument): readonly SpotUse[] {
  if (document.format !== 'hcl') return []
  return [...document.fields.flatMap((field) => fieldUse(field, document) ?? []), ...silentProviders(document)]
}

function fieldUse(field: Field, document: FieldDocument): SpotUse | undefined {
  const { keys, value, extent } = field
  if (keys[0] === 'variable' || keys[0] === 'locals' || keys[0] === 'output') return undefined
  const names = terraformReferencesIn(value.text)
  if (names.length === 0) return undefined
  const spot = { names, at: extent[0], keys }
  if (keys[0] === 'provider' && keys[1] === 'bitbucket') return { ...spot, uses: [BY_PROVIDER] }
  const beside = indexOf(document).siblingsOf(keys, field)
  const address = [field, ...beside].map((each) => addressIn(each.value.text)).find((each) => each !== undefined)
  if (address === undefined) return undefined
  const { side, ...owner } = address
  return { ...spot, uses: [{ operation: side === 'git' ? 'git-fetch' : side, ...owner }] }
}

function silentProviders({ text, fields }: FieldDocument): readonly SpotUse[] {
  const isTold = fields.some(
    ({ keys }) => keys[0] === 'provider' && keys[1] === 'bitbucket' && /password|oauth|token/.test(keys.at(-1) ?? ''),
  )
  if (isTold) return []
  return [...text.matchAll(PROVIDER)]
    .slice(0, 1)
    .map(({ index }) => ({ names: ENVIRONMENT, at: index, keys: [], uses: [BY_PROVIDER] }))
}
