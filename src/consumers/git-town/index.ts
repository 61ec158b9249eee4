import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest'] as const

/** Keys of git config, and the variables that stand for them (git-town.com, configuration). */
export const consumer: Consumer = {
  id: 'git-town',
  title: 'Git Town',
  detector: fieldDetector({
    consumer: 'git-town',
    keywords: ['git-town', 'GIT_TOWN'],
    fields: ['bitbucket-app-password', 'bitbucket-api-token'].map((key) => ({
      secret: `**/${key}`,
      username: ['**/bitbucket-username'],
      operations: OPERATIONS,
      needs: /^[ \t]*\[git-town[\]. "]/m,
    })),
    variables: ['GIT_TOWN_BITBUCKET_APP_PASSWORD', 'GIT_TOWN_BITBUCKET_API_TOKEN'].map((variable) => ({
      variable,
      username: ['GIT_TOWN_BITBUCKET_USERNAME'],
      operations: OPERATIONS,
    })),
    more: [
      inCommands([
        {
          command: /\bgit\s+config\b/g,
          secret: ['git-town.bitbucket-app-password', 'git-town.bitbucket-api-token'],
          operations: OPERATIONS,
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
