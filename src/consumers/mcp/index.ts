import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inServers } from './servers.ts'

export const consumer: Consumer = {
  id: 'mcp',
  title: 'MCP servers',
  detector: fieldDetector({
    consumer: 'mcp',
    keywords: ['env'],
    variables: [
      {
        variable: 'ATLASSIAN_BITBUCKET_APP_PASSWORD',
        username: ['ATLASSIAN_BITBUCKET_USERNAME'],
        operations: ['rest'],
      },
    ],
    more: [inServers],
  }),
}
