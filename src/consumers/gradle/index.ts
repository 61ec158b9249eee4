import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'
import { inCredentialBlocks } from './detect.ts'

const FILES = /(^|[\\/])([^\\/]+\.gradle(\.kts)?|gradle\.properties|libs\.versions\.toml|build\.sbt|[^\\/]+\.sbt)$/i

export const consumer: Consumer = {
  id: 'gradle',
  title: 'Gradle',
  detector: fieldDetector({
    consumer: 'gradle',
    keywords: ['bitbucket.org'],
    more: [inCredentialBlocks(FILES), urlsOfFiles(FILES)],
  }),
}
