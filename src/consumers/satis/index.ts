import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'

export const consumer: Consumer = {
  id: 'satis',
  title: 'Satis',
  detector: fieldDetector({
    consumer: 'satis',
    files: /(?:^|[\\/])satis\.json$/i,
    keywords: ['bitbucket.org'],
    fields: [
      {
        secret: '**/http-basic/{host}/password',
        username: ['**/http-basic/{host}/username'],
        operations: ['rest', 'git-fetch'],
      },
    ],
    more: [inUrlFields(['repositories/*/url'])],
  }),
}
