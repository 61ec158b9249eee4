import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'packistry',
  title: 'Packistry',
  detector: fieldDetector({
    consumer: 'packistry',
    keywords: ['provider'],
    fields: [
      {
        secret: '**/token',
        form: 'base64-pair',
        where: [
          ['**/provider', /^bitbucket$/i],
          ['**/url', CLOUD_OR_NOTHING],
        ],
        operations: ['rest', 'web'],
      },
    ],
  }),
}
