import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { byFields, type DocumentReader, type FieldRule, fieldDetector } from '../field-detector.ts'
import { SIGNS } from '../signs.ts'

const PROFILES: readonly FieldRule[] = [
  { secret: 'profiles/*/password', username: ['profiles/*/user'], operations: ['rest'] },
  { secret: 'profiles/*/accesstoken', operations: ['rest'] },
]

/** With `--no-vault` the secrets stand in the configuration. */
const inConfiguration: DocumentReader = (each, document) =>
  /[\\/](?:config-cli\.ya?ml|\.bitbucket-cli)$/.test(document.path)
    ? PROFILES.flatMap((rule) => byFields(rule, each, document))
    : []

export const consumer: Consumer = {
  id: 'bitbucket-cli',
  title: 'bb (bitbucket-cli)',
  detector: fieldDetector({
    consumer: 'bitbucket-cli',
    keywords: SIGNS,
    more: [
      inConfiguration,
      inCommands([
        {
          command: /\bbb\s+profiles?\s+(?:create|add|update)\b/g,
          secret: ['--password'],
          username: ['--user'],
          operations: ['rest'],
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
