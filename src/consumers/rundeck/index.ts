import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { NAMED_BITBUCKET } from '../wanted-files.ts'
import { inKeyStorage } from './detect.ts'

export const consumer: Consumer = {
  id: 'rundeck',
  title: 'Rundeck',
  detector: fieldDetector({
    consumer: 'rundeck',
    files: /[\\/]storage[\\/]content[\\/]keys[\\/].*bitbucket[^\\/]*$/i,
    inNames: NAMED_BITBUCKET,
    // The content of a key has no text of its own.
    keywords: [''],
    more: [inKeyStorage],
  }),
}
