import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'

export const consumer: Consumer = {
  id: 'repo-manifest',
  title: 'Manifest of repo',
  detector: fieldDetector({
    consumer: 'repo-manifest',
    keywords: ['<manifest'],
    more: [
      inUrlFields(['manifest/remote/@fetch', 'manifest/superproject/@remote']),
      inUrlFields(['manifest/remote/@pushurl'], ['git-push']),
    ],
  }),
}
