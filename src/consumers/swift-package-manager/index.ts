import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

/** Xcode keeps the references of a project in `project.pbxproj`. */
const FILES = /(^|[\\/])(package(@swift-[\d.]+)?\.swift|package\.resolved|project\.pbxproj|mirrors\.json)$/i

export const consumer: Consumer = {
  id: 'swift-package-manager',
  title: 'Swift Package Manager',
  detector: fieldDetector({
    consumer: 'swift-package-manager',
    keywords: ['bitbucket.org'],
    more: [urlsOfFiles(FILES)],
  }),
}
