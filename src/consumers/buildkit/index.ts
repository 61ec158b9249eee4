import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector, type VariableRule } from '../field-detector.ts'
import { inHeaders } from './detect.ts'

/** What BuildKit sends with a bare token; Bitbucket takes it from nobody. */
const FIXED = { fixedUsername: 'x-access-token', operations: ['git-fetch'] } as const
/** The name alone is for any host. */
const TOKENS: readonly VariableRule[] = [
  { variable: 'GIT_AUTH_TOKEN', needs: /bitbucket\.org/, ...FIXED },
  { variable: 'GIT_AUTH_TOKEN.bitbucket.org', ...FIXED },
]

export const consumer: Consumer = {
  id: 'buildkit',
  title: 'Docker BuildKit',
  detector: fieldDetector({
    consumer: 'buildkit',
    keywords: ['GIT_AUTH_'],
    variables: TOKENS,
    more: [inHeaders],
  }),
}
