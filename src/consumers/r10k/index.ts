import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'

export const consumer: Consumer = {
  id: 'r10k',
  title: 'Puppet r10k',
  detector: fieldDetector({
    consumer: 'r10k',
    files: /(^|[\\/])(r10k\.ya?ml|Puppetfile([.-][\w-]+)?)$/,
    keywords: ['bitbucket.org'],
    more: [inUrlFields(['**'])],
  }),
}
