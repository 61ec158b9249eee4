import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { inCommands } from '../command-options.ts'
import { byFields, type DocumentReader, type FieldRule, fieldDetector, type VariableRule } from '../field-detector.ts'
import { HOST_RULES, inHostRulesVariable } from './host-rules.ts'

const OPERATIONS = ['rest', 'git-fetch', 'git-push'] as const

const CLOUD = /^bitbucket$/
/** The platform is set beside it, or told by the endpoint, or by the rest of the document: a configuration, an option. */
const PLATFORMS: readonly Pick<VariableRule, 'where' | 'needs'>[] = [
  { where: [['RENOVATE_PLATFORM', CLOUD]] },
  {
    where: [
      ['RENOVATE_PLATFORM', /^$/],
      ['RENOVATE_ENDPOINT', /bitbucket\.org/i],
      ['RENOVATE_ENDPOINT', CLOUD_OR_NOTHING],
    ],
  },
  {
    where: [
      ['RENOVATE_PLATFORM', /^$/],
      ['RENOVATE_ENDPOINT', /^$/],
    ],
    needs: /\bplatform\\?["']?(?:\s*[:=]\s*|\s+)\\?["']?bitbucket(?![\w-])/,
  },
]

const CONFIGURATION: readonly FieldRule[] = [
  { secret: '**/password', username: ['**/username'], where: [['**/platform', CLOUD]], operations: OPERATIONS },
  { secret: '**/token', where: [['**/platform', CLOUD]], operations: OPERATIONS },
]

/** Keys of Groovy do not say in which block they stand, and Nextflow has words of the same names there. */
const inConfiguration: DocumentReader = (each, document) =>
  (each.format === 'groovy' ? HOST_RULES : [...CONFIGURATION, ...HOST_RULES]).flatMap((rule) =>
    byFields(rule, each, document),
  )

export const consumer: Consumer = {
  id: 'renovate',
  title: 'Renovate',
  detector: fieldDetector({
    consumer: 'renovate',
    keywords: ['platform', 'hostRules', 'RENOVATE_'],
    variables: PLATFORMS.flatMap((platform) => [
      { variable: 'RENOVATE_PASSWORD', username: ['RENOVATE_USERNAME'], operations: OPERATIONS, ...platform },
      { variable: 'RENOVATE_TOKEN', operations: OPERATIONS, ...platform },
    ]),
    more: [
      inConfiguration,
      inHostRulesVariable,
      inCommands([
        {
          command: /\brenovate(?=\s)/g,
          where: [['--platform', CLOUD]],
          secret: ['--password', '--token'],
          username: ['--username'],
          operations: OPERATIONS,
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
