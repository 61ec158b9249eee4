import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch', 'git-push'] as const

export const consumer: Consumer = {
  id: 'openhands',
  title: 'OpenHands',
  detector: fieldDetector({
    consumer: 'openhands',
    keywords: ['BITBUCKET_TOKEN', 'provider_tokens'],
    fields: [
      {
        secret: '**/provider_tokens/bitbucket/token',
        form: 'pair or secret',
        where: [['**/provider_tokens/bitbucket/host', CLOUD_OR_NOTHING]],
        operations: OPERATIONS,
      },
    ],
    variables: [
      {
        variable: 'BITBUCKET_TOKEN',
        form: 'pair or secret',
        needs: /openhands|\bLLM_(?:MODEL|API_KEY)\b/i,
        operations: OPERATIONS,
      },
    ],
  }),
}
