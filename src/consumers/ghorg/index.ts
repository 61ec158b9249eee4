import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const
/** With a base URL it is Bitbucket Server. */
const CLOUD = [['GHORG_SCM_BASE_URL', CLOUD_OR_NOTHING]] as const

export const consumer: Consumer = {
  id: 'ghorg',
  title: 'ghorg',
  detector: fieldDetector({
    consumer: 'ghorg',
    keywords: ['GHORG_', 'ghorg'],
    variables: [
      {
        variable: 'GHORG_BITBUCKET_APP_PASSWORD',
        username: ['GHORG_BITBUCKET_USERNAME'],
        where: CLOUD,
        operations: OPERATIONS,
      },
      {
        variable: 'GHORG_BITBUCKET_API_TOKEN',
        username: ['GHORG_BITBUCKET_API_EMAIL'],
        where: CLOUD,
        operations: OPERATIONS,
      },
    ],
    more: [
      inCommands([
        {
          command: /\bghorg\s+(?:re)?clone\b/g,
          where: [
            ['--scm', /^bitbucket$/],
            ['--base-url', CLOUD_OR_NOTHING],
          ],
          secret: ['--token', '-t', '--bitbucket-api-token'],
          username: ['--bitbucket-api-email', '--bitbucket-username'],
          operations: OPERATIONS,
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
