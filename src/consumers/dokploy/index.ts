import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const

export const consumer: Consumer = {
  id: 'dokploy',
  title: 'Dokploy',
  detector: fieldDetector({
    consumer: 'dokploy',
    keywords: ['bitbucketUsername', 'bitbucketEmail'],
    fields: [
      {
        secret: '**/appPassword',
        username: ['**/bitbucketUsername'],
        where: [['**/bitbucketUsername', /./]],
        operations: OPERATIONS,
      },
      {
        secret: '**/apiToken',
        username: ['**/bitbucketEmail'],
        where: [['**/bitbucketEmail', /./]],
        operations: OPERATIONS,
      },
    ],
  }),
}
