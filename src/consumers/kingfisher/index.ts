import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'kingfisher',
  title: 'Kingfisher',
  detector: fieldDetector({
    consumer: 'kingfisher',
    keywords: ['KF_BITBUCKET_'],
    variables: ['APP_PASSWORD', 'TOKEN', 'PASSWORD'].map((name) => ({
      variable: `KF_BITBUCKET_${name}`,
      username: ['KF_BITBUCKET_USERNAME'],
      operations: ['rest', 'git-fetch'] as const,
    })),
  }),
}
