import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector, type VariableRule } from '../field-detector.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const

/** Its settings take both separators, and both cases. */
const NAMES = [
  (key: string) => `BITBUCKET__${key.toUpperCase()}`,
  (key: string) => `BITBUCKET.${key.toUpperCase()}`,
  (key: string) => `bitbucket.${key}`,
]

export const consumer: Consumer = {
  id: 'pr-agent',
  title: 'PR-Agent',
  detector: fieldDetector({
    consumer: 'pr-agent',
    keywords: ['basic_token', 'bearer_token', 'BASIC_TOKEN', 'BEARER_TOKEN'],
    fields: [
      { secret: '**/bitbucket/basic_token', form: 'base64-pair', operations: OPERATIONS },
      { secret: '**/bitbucket/bearer_token', operations: OPERATIONS },
    ],
    variables: [
      ...NAMES.flatMap((name): readonly VariableRule[] => [
        { variable: name('basic_token'), form: 'base64-pair', operations: OPERATIONS },
        { variable: name('bearer_token'), operations: OPERATIONS },
      ]),
    ],
  }),
}
