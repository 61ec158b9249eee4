import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'
import { inServers } from './detect.ts'

const FILES =
  /(^|[\\/])(pom\.xml|[^\\/]+\.pom|[^\\/]*settings[^\\/]*\.xml|release\.properties|maven\.config|jvm\.config)$/i

export const consumer: Consumer = {
  id: 'maven',
  title: 'Maven',
  detector: fieldDetector({
    consumer: 'maven',
    keywords: ['<server', 'bitbucket.org'],
    more: [
      inServers,
      urlsOfFiles(FILES),
      // The release plugin takes the credential of the version control from its command line.
      inCommands([
        {
          command: /\bmvnw?\b(?=[^\n]{0,600}\brelease:)/g,
          secret: ['-Dpassword'],
          username: ['-Dusername'],
          host: ['-DconnectionUrl', '-DdeveloperConnectionUrl', '-DscmUrl'],
          operations: ['git-push'],
        },
      ]),
    ],
  }),
}
