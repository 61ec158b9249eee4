import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch', 'git-push'] as const

export const consumer: Consumer = {
  id: 'dependabot',
  title: 'Dependabot',
  detector: fieldDetector({
    consumer: 'dependabot',
    keywords: ['git_source', 'registries', 'BITBUCKET_APP_USERNAME', 'dependabot'],
    fields: [
      {
        secret: '**/password',
        username: ['**/username'],
        host: ['**/host'],
        where: [['**/type', /^git_source$/]],
        operations: OPERATIONS,
      },
      { secret: '**/token', host: ['**/host'], where: [['**/type', /^git_source$/]], operations: ['rest'] },
      // `.github/dependabot.yml`
      {
        secret: '**/registries/*/password',
        username: ['**/registries/*/username'],
        host: ['**/registries/*/url'],
        operations: ['git-fetch'],
      },
    ],
    variables: [
      // dependabot-script
      {
        variable: 'BITBUCKET_APP_PASSWORD',
        username: ['BITBUCKET_APP_USERNAME'],
        where: [['BITBUCKET_APP_USERNAME', /./]],
        operations: OPERATIONS,
      },
      {
        variable: 'BITBUCKET_ACCESS_TOKEN',
        needs: /\bdependabot-(?:script|core|omnibus)\b/,
        operations: ['rest'],
      },
    ],
  }),
}
