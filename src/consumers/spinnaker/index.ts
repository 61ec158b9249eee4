import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest', 'web'] as const

export const consumer: Consumer = {
  id: 'spinnaker',
  title: 'Spinnaker',
  detector: fieldDetector({
    consumer: 'spinnaker',
    keywords: ['artifact'],
    // Settings of clouddriver and of Halyard.
    fields: [
      {
        secret: '**/artifacts/bitbucket/accounts/*/password',
        username: ['**/artifacts/bitbucket/accounts/*/username'],
        operations: OPERATIONS,
      },
    ],
    more: [
      inCommands([
        {
          command: /\bhal\s+config\s+artifact\s+bitbucket\s+account\s+(?:add|edit)\b/g,
          secret: ['--password'],
          username: ['--username'],
          operations: OPERATIONS,
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
