import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

const FILES = /(^|[\\/])(cargo\.(toml|lock)|\.cargo[\\/]config(\.toml)?)$/i

export const consumer: Consumer = {
  id: 'cargo',
  title: 'Cargo',
  detector: fieldDetector({ consumer: 'cargo', keywords: ['bitbucket.org'], more: [urlsOfFiles(FILES)] }),
}
