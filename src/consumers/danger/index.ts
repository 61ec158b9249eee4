import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'danger',
  title: 'Danger',
  detector: fieldDetector({
    consumer: 'danger',
    keywords: ['DANGER_BITBUCKETCLOUD_'],
    variables: [
      {
        variable: 'DANGER_BITBUCKETCLOUD_PASSWORD',
        username: ['DANGER_BITBUCKETCLOUD_USERNAME'],
        operations: ['rest'],
      },
      { variable: 'DANGER_BITBUCKETCLOUD_REPO_ACCESSTOKEN', operations: ['rest'] },
    ],
  }),
}
