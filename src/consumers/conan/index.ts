import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

const FILES = /(^|[\\/])(conanfile\.(py|txt)|conandata\.ya?ml|remotes\.json)$/i

export const consumer: Consumer = {
  id: 'conan',
  title: 'Conan',
  detector: fieldDetector({
    consumer: 'conan',
    keywords: ['bitbucket.org'],
    fields: [
      // source_credentials.json: for downloads of sources, not for git.
      {
        secret: 'credentials/*/password',
        username: ['credentials/*/user'],
        host: ['credentials/*/url'],
        operations: ['web'],
      },
      { secret: 'credentials/*/token', host: ['credentials/*/url'], operations: ['web'] },
    ],
    more: [urlsOfFiles(FILES)],
  }),
}
