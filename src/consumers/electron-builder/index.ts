import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

const TOLD = /electron-builder|electron-updater|app-builder|"electron"|^provider:\s*bitbucket/m

export const consumer: Consumer = {
  id: 'electron-builder',
  title: 'electron-builder',
  detector: fieldDetector({
    consumer: 'electron-builder',
    keywords: ['bitbucket', 'BITBUCKET'],
    fields: [
      // `publish`, one or a list, in any of its files; app-update.yml is the same without the key, and is shipped.
      ...['**/publish/', '**/publish/*/', ''].map((publish) => ({
        secret: `${publish}token`,
        username: [`${publish}username`],
        where: [[`${publish}provider`, /^bitbucket$/]] as const,
        operations: ['rest'] as const,
      })),
    ],
    variables: [{ variable: 'BITBUCKET_TOKEN', username: ['BITBUCKET_USERNAME'], needs: TOLD, operations: ['rest'] }],
  }),
}
