import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'entitle',
  title: 'Entitle',
  detector: fieldDetector({
    consumer: 'entitle',
    keywords: ['app_password'],
    fields: [
      {
        secret: '**/app_password',
        username: ['**/user'],
        where: [['**/user', /./]],
        needs: /^(?=.*\bentitle\b)(?=.*bitbucket)/is,
        operations: ['rest'],
      },
    ],
  }),
}
