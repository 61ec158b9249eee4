import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { SIGNS } from '../signs.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const
/** The names of the variables are also those of other tools. */
const NAMED = /\bbbc-exporter\b/
const COMMAND = {
  command: /\bbbc-exporter(?=\s)/g,
  operations: OPERATIONS,
  whom: { host: 'api.bitbucket.org' },
}

export const consumer: Consumer = {
  id: 'gh-bbc-exporter',
  title: 'gh-bbc-exporter',
  detector: fieldDetector({
    consumer: 'gh-bbc-exporter',
    keywords: SIGNS,
    variables: [
      { variable: 'BITBUCKET_API_TOKEN', username: ['BITBUCKET_EMAIL'], needs: NAMED, operations: OPERATIONS },
      { variable: 'BITBUCKET_APP_PASSWORD', username: ['BITBUCKET_USERNAME'], needs: NAMED, operations: OPERATIONS },
      { variable: 'BITBUCKET_ACCESS_TOKEN', needs: NAMED, operations: OPERATIONS },
    ],
    more: [
      inCommands([
        { ...COMMAND, secret: ['--api-token'], username: ['--email', '-e'] },
        { ...COMMAND, secret: ['--app-password', '-p'], username: ['--user', '-u'] },
        { ...COMMAND, secret: ['--access-token', '-t'] },
      ]),
    ],
  }),
}
