import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { fieldDetector } from '../field-detector.ts'

/** Files and archives come from the API and from the web host. */
const OPERATIONS = ['rest', 'web'] as const

export const consumer: Consumer = {
  id: 'backstage',
  title: 'Backstage',
  detector: fieldDetector({
    consumer: 'backstage',
    keywords: ['bitbucket'],
    fields: [
      ...['**/integrations/bitbucketCloud/*', '**/integrations/bitbucketCloud'].flatMap((entry) => [
        { secret: `${entry}/appPassword`, username: [`${entry}/username`], operations: OPERATIONS },
        { secret: `${entry}/token`, username: [`${entry}/username`], operations: OPERATIONS },
      ]),
      // Before the two products of Bitbucket were told apart.
      {
        secret: '**/integrations/bitbucket/*/appPassword',
        username: ['**/integrations/bitbucket/*/username'],
        where: [['**/integrations/bitbucket/*/host', CLOUD_OR_NOTHING]],
        operations: OPERATIONS,
      },
    ],
    variables: [
      ...['appPassword', 'token'].map((name) => ({
        variable: `APP_CONFIG_integrations_bitbucketCloud_0_${name}`,
        username: ['APP_CONFIG_integrations_bitbucketCloud_0_username'],
        operations: OPERATIONS,
      })),
    ],
  }),
}
