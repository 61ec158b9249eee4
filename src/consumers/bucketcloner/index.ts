import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { SIGNS } from '../signs.ts'

export const consumer: Consumer = {
  id: 'bucketcloner',
  title: 'bucketcloner',
  detector: fieldDetector({
    consumer: 'bucketcloner',
    keywords: SIGNS,
    more: [
      inCommands([
        {
          command: /\bbucketcloner(?=\s)/g,
          secret: ['-t', '--token', '-p', '--password'],
          username: ['-e', '--email', '-u', '--user', '--username'],
          operations: ['rest', 'git-fetch'],
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
