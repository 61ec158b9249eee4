import { describe, expect, it } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { fieldsOf } from './document-fields.ts'
import { inStoredSecrets } from './named-secrets.ts'

const { OLD } = fixtureValues()
const read = inStoredSecrets([
  { value: 'resource/aws_ssm_parameter/*/value', name: 'resource/aws_ssm_parameter/*/name' },
])

function foundUnder(name: string): number {
  const text = `resource "aws_ssm_parameter" "x" {\n  name  = "${name}"\n  value = "${OLD}"\n}\n`
  const document = documentOf(new Map([['secrets.tf', Buffer.from(text)]]), 'secrets.tf')
  return read(fieldsOf(document), document).length
}

describe('a store of secrets', () => {
  it.each(['/ci/BITBUCKET_APP_PASSWORD', 'bitbucketAppPassword', 'ci/bitBucket/token'])(
    'is told by the name %s',
    (name) => {
      expect(foundUnder(name)).toBe(1)
    },
  )

  // The prefilter looks for `bitb`: what a detector would find without it is never asked for.
  it.each(['/ci/BIT[BUCKET_APP_PASSWORD', 'bit_bucket_token'])(
    'is not told by %s, which the prefilter does not look for',
    (name) => {
      expect(foundUnder(name)).toBe(0)
    },
  )
})
