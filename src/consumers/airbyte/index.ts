import type { Consumer } from '../../model/consumer.ts'
import { type FieldRule, fieldDetector } from '../field-detector.ts'
import { inJsonArguments } from '../json-arguments.ts'

const BITBUCKET = /\bbitbucket(?!-server)/i

const SOURCES: readonly FieldRule[] = ['app_password', 'appPassword', 'password', 'api_token', 'token'].flatMap(
  (name): readonly FieldRule[] => [
    // The API, and what Terraform sends to it.
    {
      secret: `**/${name}`,
      username: ['**/email', '**/username'],
      where: [['**/sourceType', BITBUCKET]],
      operations: ['rest'],
    },
    // Files of `octavia`.
    {
      secret: `configuration/**/${name}`,
      username: ['configuration/**/email', 'configuration/**/username'],
      where: [['definition_image', BITBUCKET]],
      operations: ['rest'],
    },
  ],
)

export const consumer: Consumer = {
  id: 'airbyte',
  title: 'Airbyte',
  detector: fieldDetector({
    consumer: 'airbyte',
    keywords: ['sourceType', 'definition_image'],
    fields: SOURCES,
    more: [inJsonArguments(SOURCES)],
  }),
}
