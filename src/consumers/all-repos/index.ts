import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'all-repos',
  title: 'all-repos',
  detector: fieldDetector({
    consumer: 'all-repos',
    keywords: ['all_repos.source.bitbucket'],
    fields: [
      {
        secret: '**/source_settings/app_password',
        username: ['**/source_settings/username'],
        where: [['**/source', /^all_repos\.source\.bitbucket$/]],
        operations: ['rest', 'git-fetch'],
      },
    ],
  }),
}
