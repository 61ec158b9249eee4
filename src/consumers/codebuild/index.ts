import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { inNamedValues } from '../named-values.ts'
import { inConstructs } from './constructs.ts'

/** CodeBuild takes the one pair to git and to REST itself (docs.aws.amazon.com/codebuild, access tokens of Bitbucket). */
const OPERATIONS = ['rest', 'git-fetch'] as const
const WHOM = { host: 'api.bitbucket.org' } as const
const TYPE = /server_?type\\?["']?\s*[:=]>?\s*\\?["']?BITBUCKET|"BITBUCKET"|'BITBUCKET'/i

export const consumer: Consumer = {
  id: 'codebuild',
  title: 'AWS CodeBuild',
  detector: fieldDetector({
    consumer: 'codebuild',
    keywords: ['BITBUCKET', 'BitBucketSource'],
    fields: [
      // CloudFormation; the secret of Secrets Manager and `--cli-input-json`; Terraform.
      {
        secret: '**/token',
        username: ['**/username'],
        where: [['**/servertype', /^BITBUCKET$/]],
        operations: OPERATIONS,
      },
      {
        secret: '**/token',
        username: ['**/user_name'],
        where: [['**/server_type', /^BITBUCKET$/]],
        operations: OPERATIONS,
      },
    ],
    more: [
      inConstructs,
      inCommands([
        {
          command: /\bcodebuild\s+import-source-credentials\b(?=[\s\S]{0,400}?\bBITBUCKET\b)/g,
          secret: ['--token'],
          username: ['--username'],
          whom: WHOM,
          operations: OPERATIONS,
        },
      ]),
      inNamedValues([
        {
          secret: ['[Tt]oken'],
          username: ['[Uu]sername'],
          around: TYPE,
          together: true,
          whom: WHOM,
          operations: OPERATIONS,
        },
      ]),
    ],
  }),
}
