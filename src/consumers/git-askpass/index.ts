import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { NAMED_BITBUCKET } from '../wanted-files.ts'
import { inAnswers } from './answers.ts'
import { inAttributes } from './attributes.ts'

export const consumer: Consumer = {
  id: 'git-askpass',
  title: 'git askpass and credential helper scripts',
  detector: fieldDetector({
    consumer: 'git-askpass',
    // The name of the script may be all that says for whom it answers.
    inNames: NAMED_BITBUCKET,
    keywords: ['password', 'Password', 'askpass', 'ASKPASS', 'echo', 'printf'],
    more: [inAttributes, inAnswers],
  }),
}
