import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'weblate',
  title: 'Weblate',
  detector: fieldDetector({
    consumer: 'weblate',
    keywords: ['BITBUCKETCLOUD_'],
    fields: [
      {
        secret: '**/BITBUCKETCLOUD_CREDENTIALS/{host}/token',
        username: ['**/BITBUCKETCLOUD_CREDENTIALS/{host}/username'],
        operations: ['rest'],
      },
    ],
    variables: [
      {
        variable: 'WEBLATE_BITBUCKETCLOUD_TOKEN',
        username: ['WEBLATE_BITBUCKETCLOUD_USERNAME'],
        operations: ['rest'],
      },
    ],
  }),
}
