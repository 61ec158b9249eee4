import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inRequests } from './detect.ts'

export const consumer: Consumer = {
  id: 'http-file',
  title: 'a file of HTTP requests',
  detector: fieldDetector({
    consumer: 'http-file',
    files: /\.(http|rest)$/i,
    keywords: ['bitbucket.org'],
    more: [inRequests],
  }),
}
