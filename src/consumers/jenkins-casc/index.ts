import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inCredentials } from './credentials.ts'

export const consumer: Consumer = {
  id: 'jenkins-casc',
  title: 'Jenkins configuration as code',
  detector: fieldDetector({
    consumer: 'jenkins-casc',
    keywords: ['usernamePassword', 'string:', '"string"'],
    more: [inCredentials],
  }),
}
