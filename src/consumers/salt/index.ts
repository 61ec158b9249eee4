import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inRemotes, inSettings, inStates } from './detect.ts'

export const consumer: Consumer = {
  id: 'salt',
  title: 'Salt',
  detector: fieldDetector({
    consumer: 'salt',
    keywords: ['gitfs', 'ext_pillar', 'git_pillar', 'winrepo', 'https_pass'],
    more: [inRemotes, inSettings, inStates],
  }),
}
