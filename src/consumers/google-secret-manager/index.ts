import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inPiped, inVersions } from './detect.ts'

export const consumer: Consumer = {
  id: 'google-secret-manager',
  title: 'Google Secret Manager',
  detector: fieldDetector({
    consumer: 'google-secret-manager',
    keywords: ['"payload"', 'google_secret_manager_secret', 'gcloud'],
    more: [inVersions, inPiped],
  }),
}
