import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const
/** The names are also those of other tools. */
const NAMED = /\bgitbackup\b/

export const consumer: Consumer = {
  id: 'gitbackup',
  title: 'gitbackup',
  detector: fieldDetector({
    consumer: 'gitbackup',
    keywords: ['gitbackup'],
    variables: [
      {
        variable: 'BITBUCKET_TOKEN',
        username: ['BITBUCKET_EMAIL', 'BITBUCKET_USERNAME'],
        needs: NAMED,
        operations: OPERATIONS,
      },
      // Before 1.1.
      { variable: 'BITBUCKET_PASSWORD', username: ['BITBUCKET_USERNAME'], needs: NAMED, operations: OPERATIONS },
    ],
  }),
}
