import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { byFields, type DocumentReader, type FieldRule, fieldDetector, type VariableRule } from '../field-detector.ts'

/** Version 4 says `GITSYNC_`, and takes the names of version 3 as well. */
const PREFIXES = ['GITSYNC', 'GIT_SYNC']
const REPOSITORY = /GIT_?SYNC_REPO[^\n]{0,80}(?:\n[^\n]{0,80}){0,2}?bitbucket\.org\//

const password = (prefix: string): VariableRule => ({
  variable: `${prefix}_PASSWORD`,
  username: PREFIXES.map((each) => `${each}_USERNAME`),
  usernameFlag: '--username',
  address: PREFIXES.map((each) => `${each}_REPO`),
  operations: ['git-fetch'],
  needs: REPOSITORY,
})

const CREDENTIALS: readonly FieldRule[] = ['', '*/'].map((item) => ({
  secret: `${item}password`,
  username: [`${item}username`],
  host: [`${item}url`],
  operations: ['git-fetch'],
}))

/** `GITSYNC_CREDENTIAL` and `--credential`: JSON, one or a list. */
const inCredentials: DocumentReader = (each, document) =>
  /GIT_?SYNC_CREDENTIAL|--credential/.test(each.text)
    ? each.nested.flatMap((nested) => CREDENTIALS.flatMap((rule) => byFields(rule, nested, document)))
    : []

export const consumer: Consumer = {
  id: 'git-sync',
  title: 'git-sync',
  detector: fieldDetector({
    consumer: 'git-sync',
    keywords: ['GITSYNC_', 'GIT_SYNC_', 'git-sync'],
    variables: PREFIXES.map(password),
    more: [
      inCredentials,
      inCommands([
        {
          command: /\bgit-sync(?=[ \t])/g,
          secret: ['--password', '-password'],
          username: ['--username', '-username'],
          host: ['--repo', '-repo'],
          operations: ['git-fetch'],
        },
      ]),
    ],
  }),
}
