import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inProviders } from './providers.ts'

export const consumer: Consumer = {
  id: 'nextflow',
  title: 'Nextflow',
  detector: fieldDetector({
    consumer: 'nextflow',
    keywords: ['providers'],
    variables: [{ variable: 'NXF_BITBUCKET_ACCESS_TOKEN', operations: ['rest', 'git-fetch'] }],
    more: [inProviders],
  }),
}
