import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'

const CONSTRUCT = /^BitBucketSourceCredentials(?:\(\))?$/

/** `BitBucketSourceCredentials` of the CDK with the secret in the program: `SecretValue.unsafePlainText('…')`. */
export function inConstructs(each: FieldDocument, { seal }: Document): readonly Found[] {
  return each.fields.flatMap((field, at) => {
    if (!field.keys.some((key) => CONSTRUCT.test(key)) || propertyOf(field.keys) !== 'password') return []
    const user = each.fields
      .slice(Math.max(0, at - NEAR), at + NEAR)
      .find(({ keys }) => keys.some((key) => CONSTRUCT.test(key)) && propertyOf(keys) === 'username')
    const keys = ['BitBucketSourceCredentials', 'password']
    return foundAt({ operations: ['rest', 'git-fetch'] }, { ...field, keys }, user?.value, HOST, seal)
  })
}

const HOST = { host: 'api.bitbucket.org' } as const
/** The properties of one construct stand together. */
const NEAR = 6

function propertyOf(keys: readonly string[]): string | undefined {
  const from = keys.findIndex((key) => CONSTRUCT.test(key))
  return keys
    .slice(from + 1)
    .find((key) => /^(?:password|username)(?:\(\))?$/.test(key))
    ?.replace('()', '')
}
