import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'sourcebot',
  title: 'Sourcebot',
  detector: fieldDetector({
    consumer: 'sourcebot',
    keywords: ['connections'],
    fields: [
      {
        secret: '**/connections/*/token',
        username: ['**/connections/*/user'],
        where: [
          ['**/connections/*/type', /^bitbucket$/],
          ['**/connections/*/deploymentType', /^(?:cloud)?$/],
          ['**/connections/*/url', CLOUD_OR_NOTHING],
        ],
        operations: ['rest', 'git-fetch'],
      },
    ],
  }),
}
