import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inSources } from './detect.ts'

export const consumer: Consumer = {
  id: 'yocto',
  title: 'Yocto (BitBake)',
  detector: fieldDetector({
    consumer: 'yocto',
    keywords: ['bitbucket.org'],
    more: [inSources],
  }),
}
