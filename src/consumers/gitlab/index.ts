import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inNamedValues } from '../named-values.ts'
import { inUrlFields } from '../url-fields.ts'

const USERS = ['bitbucket_username', 'bitbucket_email']

/** Calls of the import API in scripts and programs, and mirrors that pull (docs.gitlab.com, api/import and api/project_pull_mirroring). */
export const consumer: Consumer = {
  id: 'gitlab',
  title: 'GitLab import and mirror',
  detector: fieldDetector({
    consumer: 'gitlab',
    keywords: ['bitbucket_app_password', 'bitbucket_api_token', 'import_url', 'mirror', 'gitlab_project'],
    fields: [
      {
        secret: '**/import_url_password',
        username: ['**/import_url_username'],
        host: ['**/import_url'],
        operations: ['git-fetch'],
      },
      {
        secret: '**/auth_password',
        username: ['**/auth_user'],
        host: ['**/url', '**/import_url'],
        operations: ['git-fetch'],
      },
    ],
    more: [
      inNamedValues([
        {
          secret: ['bitbucket_app_password', 'bitbucket_api_token'],
          username: USERS,
          around: /import|gitlab|bitbucket_(?:username|email)/i,
          whom: { host: 'api.bitbucket.org' },
          operations: ['rest', 'git-fetch'],
        },
      ]),
      inUrlFields(['**/import_url', '**/mirror_url', '**/mirror_repository', '**/pull_mirror/url']),
    ],
  }),
}
