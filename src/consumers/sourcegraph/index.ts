import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'sourcegraph',
  title: 'Sourcegraph',
  detector: fieldDetector({
    consumer: 'sourcegraph',
    keywords: ['appPassword', 'BITBUCKETCLOUD'],
    fields: [
      // The configuration of a code host; in `extsvc.json` a list of them below its kind.
      { secret: '**/appPassword', username: ['**/username'], host: ['**/url'], operations: ['rest', 'git-fetch'] },
      { secret: '**/BITBUCKETCLOUD/*/accessToken', operations: ['rest', 'git-fetch'] },
    ],
  }),
}
