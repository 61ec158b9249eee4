import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { type DocumentReader, fieldDetector, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { inSecrets } from '../kubernetes-secrets.ts'
import { tailOf } from '../variables.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const
const WHOM = { host: 'api.bitbucket.org' }
/** With another base URL it is Bitbucket Data Center. */
const IS_CLOUD =
  /^(?![\s\S]*bitbucket[-_]base[-_]url["']?\W{1,20}(?:value\W{1,10})?https?:\/\/(?!api\.bitbucket\.org))/i
const IS_CLOUD_CHART =
  /^(?![\s\S]*baseURL\W{1,10}https?:\/\/(?!api\.bitbucket\.org))(?=[\s\S]*(?:atlantis|orgAllowlist|orgWhitelist))/

const TOKEN = '--bitbucket-token='
const USER = '--bitbucket-user='

/** `args: ['--bitbucket-token=…']` of a container. */
const inArguments: DocumentReader = (each, { seal }) => {
  if (!each.text.includes(TOKEN) || !IS_CLOUD.test(each.text)) return []
  return each.fields.flatMap((field) => {
    if (!field.value.text.startsWith(TOKEN)) return []
    const user = indexOf(each)
      .siblingsOf(field.keys, field)
      .find(({ value }) => value.text.startsWith(USER))
    const secret = { keys: [...field.keys.slice(0, -1), 'bitbucket-token'], value: tailOf(field.value, TOKEN.length) }
    const username = user === undefined ? undefined : tailOf(user.value, USER.length)
    return foundAt({ operations: OPERATIONS }, secret, username, WHOM, seal)
  })
}

export const consumer: Consumer = {
  id: 'atlantis',
  title: 'Atlantis',
  detector: fieldDetector({
    consumer: 'atlantis',
    keywords: ['bitbucket', 'BITBUCKET'],
    variables: [
      {
        variable: 'ATLANTIS_BITBUCKET_TOKEN',
        username: ['ATLANTIS_BITBUCKET_USER', 'ATLANTIS_BITBUCKET_API_USER'],
        operations: OPERATIONS,
        needs: IS_CLOUD,
      },
    ],
    fields: [
      // `--config`: the flags without dashes in front.
      { secret: 'bitbucket-token', username: ['bitbucket-user'], operations: OPERATIONS, needs: IS_CLOUD },
      // Values of the Helm chart; `secret` beside it is that of the hook.
      { secret: '**/bitbucket/token', username: ['**/bitbucket/user'], operations: OPERATIONS, needs: IS_CLOUD_CHART },
    ],
    more: [
      // The Secret of the chart.
      inSecrets(({ name }) =>
        /atlantis/.test(name) ? [{ whom: WHOM, secret: 'bitbucket_token', operations: OPERATIONS }] : [],
      ),
      inArguments,
      inCommands([
        {
          // `command` of Compose has the arguments of the image alone.
          command:
            /(?:\batlantis\s+|^)server\b(?![\s\S]{0,2000}--bitbucket-base-url[= ]["']?https?:\/\/(?!api\.bitbucket\.org))/gm,
          secret: ['--bitbucket-token'],
          username: ['--bitbucket-user'],
          operations: OPERATIONS,
          whom: WHOM,
        },
      ]),
    ],
  }),
}
