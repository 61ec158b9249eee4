import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inCurlConfig } from './detect.ts'

export const consumer: Consumer = {
  id: 'curlrc',
  title: 'settings of curl',
  detector: fieldDetector({
    consumer: 'curlrc',
    files: /(^|[\\/])([._]curlrc|curl[\w-]*\.(conf|config|cfg)|[^\\/]+\.curl|wgetrc|\.wgetrc)$/i,
    keywords: ['bitbucket.org'],
    more: [inCurlConfig],
  }),
}
