import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'electron-forge',
  title: 'Electron Forge',
  detector: fieldDetector({
    consumer: 'electron-forge',
    keywords: ['publisher-bitbucket', 'PublisherBitbucket'],
    fields: [
      // `config` of the publisher, or the argument of its constructor; in forge.config.js, .ts, or package.json.
      { secret: '**/auth/appPassword', username: ['**/auth/username'], operations: ['rest'] },
    ],
    variables: [{ variable: 'BITBUCKET_APP_PASSWORD', username: ['BITBUCKET_USERNAME'], operations: ['rest'] }],
  }),
}
