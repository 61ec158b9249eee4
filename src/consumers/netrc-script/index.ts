import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inWrittenNetrc } from './detect.ts'

/** As it is, and in base64 at each of the three alignments. */
const WORDS = ['machine', 'bWFjaGluZS', '1hY2hpbmUg', 'tYWNoaW5lI']

export const consumer: Consumer = {
  id: 'netrc-script',
  title: 'a netrc that a script writes',
  detector: fieldDetector({ consumer: 'netrc-script', keywords: WORDS, more: [inWrittenNetrc] }),
}
