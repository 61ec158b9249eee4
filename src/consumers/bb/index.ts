import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

/** Scripts of one's own use the names too, and may do something else with them. */
const COMMAND = /\bbb\s+(?:auth|browse|branch|config|issue|pipeline|pr|repo|workspace)s?\b/

export const consumer: Consumer = {
  id: 'bb',
  title: 'bb',
  detector: fieldDetector({
    consumer: 'bb',
    keywords: ['BB_'],
    variables: [
      { variable: 'BB_APP_PASSWORD', username: ['BB_USERNAME'], needs: COMMAND, operations: ['rest'] },
      { variable: 'BB_API_TOKEN', username: ['BB_EMAIL', 'BB_USERNAME'], needs: COMMAND, operations: ['rest'] },
    ],
  }),
}
