import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'snyk',
  title: 'Snyk contributor count',
  detector: fieldDetector({
    consumer: 'snyk',
    keywords: ['snyk-scm-contributors-count'],
    more: [
      inCommands([
        {
          command: /\bsnyk-scm-contributors-count\s+bitbucket-cloud\b/g,
          secret: ['--password'],
          username: ['--user'],
          operations: ['rest'],
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
