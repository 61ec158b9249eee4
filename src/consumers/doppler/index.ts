import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inSecrets } from './detect.ts'

export const consumer: Consumer = {
  id: 'doppler',
  title: 'Doppler',
  unwritten: 'it is a copy of what Doppler holds; set the secret there, then delete the copy',
  detector: fieldDetector({ consumer: 'doppler', keywords: ['"computed"'], more: [inSecrets] }),
}
