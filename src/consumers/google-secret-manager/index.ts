import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inPiped, inVersions } from './detect.ts'

export const consumer: Consumer = {
  id: 'google-secret-manager',
  title: 'Google Secret Manager',
  copies: {
    addresses: /\.payload$/,
    because:
      'it is a copy of what Google holds, and the checksum beside it would no longer fit; add a version with `gcloud secrets versions add`, then delete the copy',
  },
  detector: fieldDetector({
    consumer: 'google-secret-manager',
    keywords: ['"payload"', 'google_secret_manager_secret', 'gcloud'],
    more: [inVersions, inPiped],
  }),
}
