import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'
import { inBundlerConfig, inBundlerVariables } from './detect.ts'

const FILES = /(^|[\\/])(gemfile(\.lock)?|gems\.(rb|locked)|[^\\/]+\.gemfile(\.lock)?|[^\\/]+\.gemspec)$/i

export const consumer: Consumer = {
  id: 'bundler',
  title: 'Bundler',
  detector: fieldDetector({
    consumer: 'bundler',
    keywords: ['BITBUCKET__ORG', 'bitbucket.org'],
    more: [inBundlerVariables, inBundlerConfig, urlsOfFiles(FILES)],
  }),
}
