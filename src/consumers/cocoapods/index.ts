import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

/** Carthage reads the same kind of URL from a file of its own. */
const FILES = /(^|[\\/])(podfile(\.lock)?|manifest\.lock|[^\\/]+\.podspec(\.json)?|cartfile(\.private|\.resolved)?)$/i

export const consumer: Consumer = {
  id: 'cocoapods',
  title: 'CocoaPods and Carthage',
  detector: fieldDetector({ consumer: 'cocoapods', keywords: ['bitbucket.org'], more: [urlsOfFiles(FILES)] }),
}
