import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

const SOURCE = [
  ['**/connection/@type', /\bsources\.Bitbucket$/],
  ['**/connection/endpoint', CLOUD_OR_NOTHING],
] as const

export const consumer: Consumer = {
  id: 'trufflehog',
  title: 'TruffleHog',
  detector: fieldDetector({
    consumer: 'trufflehog',
    keywords: ['sources.Bitbucket'],
    fields: [
      {
        secret: '**/connection/token',
        where: SOURCE,
        operations: ['rest', 'git-fetch'],
      },
      {
        secret: '**/connection/basicAuth/password',
        username: ['**/connection/basicAuth/username'],
        where: SOURCE,
        operations: ['rest', 'git-fetch'],
      },
    ],
  }),
}
