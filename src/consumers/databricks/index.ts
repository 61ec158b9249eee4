import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { type FieldRule, fieldDetector } from '../field-detector.ts'
import { inJsonArguments } from '../json-arguments.ts'

const OPERATIONS = ['git-fetch', 'git-push'] as const

const CREDENTIALS: readonly FieldRule[] = [
  // The REST API, Terraform, Pulumi.
  {
    secret: '**/personal_access_token',
    username: ['**/git_username', '**/git_email'],
    where: [['**/git_provider', /^bitbucketcloud$/i]],
    operations: OPERATIONS,
  },
]

export const consumer: Consumer = {
  id: 'databricks',
  title: 'Databricks',
  detector: fieldDetector({
    consumer: 'databricks',
    keywords: ['personal_access_token', 'personal-access-token'],
    fields: CREDENTIALS,
    more: [
      inJsonArguments(CREDENTIALS),
      inCommands([
        {
          command: /\bdatabricks\s+git-credentials\s+(?:create|update\s+\d{1,20})\s+bitbucketcloud\b/gi,
          secret: ['--personal-access-token'],
          username: ['--git-username', '--git-email'],
          operations: OPERATIONS,
          whom: { host: 'bitbucket.org' },
        },
      ]),
    ],
  }),
}
