import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

/** `secret` beside a provider alone may be one of a webhook. */
const PROVIDER = [
  ['**/provider', /^bitbucket$/],
  ['**/filePath', /./],
  ['**/baseUrl', CLOUD_OR_NOTHING],
] as const

export const consumer: Consumer = {
  id: 'tokens-studio',
  title: 'Tokens Studio',
  detector: fieldDetector({
    consumer: 'tokens-studio',
    keywords: ['provider'],
    fields: ['secret', 'apiToken'].map((name) => ({
      secret: `**/${name}`,
      username: ['**/username'],
      where: PROVIDER,
      operations: ['rest'] as const,
    })),
  }),
}
