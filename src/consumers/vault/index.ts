import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { NAMED_BITBUCKET } from '../wanted-files.ts'
import { inVaultReply } from './detect.ts'

const WRITE =
  /\b(?:vault|bao)\s+(?:kv\s+(?:put|patch)|write)\s+(?:-\S+\s+)*(?=\S*bitbucket)(?!\S*(?:oauth|webhook|server|data-?center))/gi

export const consumer: Consumer = {
  id: 'vault',
  title: 'HashiCorp Vault',
  copies: {
    addresses: /^data\./,
    because: 'it is a copy of what Vault holds; put the new secret there with `vault kv patch`, then delete the copy',
  },
  detector: fieldDetector({
    consumer: 'vault',
    // A reply of the server says nothing of Bitbucket; the file that it was kept in does.
    inNames: NAMED_BITBUCKET,
    keywords: ['lease_duration', 'created_time', 'vault ', 'bao '],
    more: [
      inVaultReply,
      inCommands([
        {
          command: WRITE,
          secret: ['password', 'app_password', 'token', 'api_token', 'value', 'secret'],
          username: ['username', 'user', 'login', 'email'],
          whom: { host: 'bitbucket.org' },
          form: 'pair or secret',
          operations: ['git-fetch', 'rest'],
          isGuess: true,
        },
      ]),
    ],
  }),
}
