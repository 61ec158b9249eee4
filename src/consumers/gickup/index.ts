import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'gickup',
  title: 'gickup',
  detector: fieldDetector({
    consumer: 'gickup',
    keywords: ['source'],
    fields: [
      ...['password', 'token'].map((name) => ({
        secret: `**/source/bitbucket/*/${name}`,
        username: ['username', 'email', 'user'].map((user) => `**/source/bitbucket/*/${user}`),
        where: [['**/source/bitbucket/*/url', CLOUD_OR_NOTHING] as const],
        operations: ['rest', 'git-fetch'] as const,
      })),
      {
        secret: '**/source/any/*/password',
        username: ['**/source/any/*/username'],
        host: ['**/source/any/*/url'],
        operations: ['git-fetch'],
      },
    ],
  }),
}
