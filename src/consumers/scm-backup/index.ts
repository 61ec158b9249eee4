import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'scm-backup',
  title: 'SCM Backup',
  detector: fieldDetector({
    consumer: 'scm-backup',
    keywords: ['hoster'],
    fields: [
      {
        secret: '**/sources/*/password',
        username: ['**/sources/*/authName'],
        where: [['**/sources/*/hoster', /^bitbucket$/i]],
        operations: ['rest', 'git-fetch'],
      },
    ],
  }),
}
