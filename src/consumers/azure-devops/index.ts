import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inNamedValues } from '../named-values.ts'

const OPERATIONS = ['rest', 'git-fetch'] as const
const PARAMETERS = '**/authorization/parameters'
const CONNECTION = 'AZDO_BITBUCKET_SERVICE_CONNECTION'

/** Service connections of type Bitbucket Cloud: definitions in JSON, Terraform, and the variables of its provider. */
export const consumer: Consumer = {
  id: 'azure-devops',
  title: 'Azure DevOps service connection',
  detector: fieldDetector({
    consumer: 'azure-devops',
    keywords: ['itbucket', 'BITBUCKET'],
    fields: [
      ...['password', 'apitoken', 'accessToken'].flatMap((name) => {
        const rule = {
          secret: `${PARAMETERS}/${name}`,
          username: [`${PARAMETERS}/username`, `${PARAMETERS}/email`],
          operations: OPERATIONS,
        }
        return [
          { ...rule, host: ['**/url'] },
          { ...rule, where: [['**/type', /^bitbucket$/i] as const] },
        ]
      }),
      ...['password', 'api_token'].map((name) => ({
        secret: `**/azuredevops_serviceendpoint_bitbucket/*/${name}`,
        username: ['username', 'email'].map((user) => `**/azuredevops_serviceendpoint_bitbucket/*/${user}`),
        operations: OPERATIONS,
      })),
      {
        secret: '**/azuredevops_serviceendpoint_generic_git/*/password',
        username: ['**/azuredevops_serviceendpoint_generic_git/*/username'],
        host: ['**/azuredevops_serviceendpoint_generic_git/*/repository_url'],
        operations: ['git-fetch'],
      },
    ],
    variables: [
      { variable: `${CONNECTION}_PASSWORD`, username: [`${CONNECTION}_USERNAME`], operations: OPERATIONS },
      { variable: `${CONNECTION}_API_TOKEN`, username: [`${CONNECTION}_EMAIL`], operations: OPERATIONS },
    ],
    more: [
      // The definition as an argument of `az devops` and `az rest`, or in a here-string.
      inNamedValues([
        {
          secret: ['password', 'apitoken'],
          username: ['username', 'email'],
          around:
            /["']?type\\?["']?\s*[:=]\s*\\?["']bitbucket\\?["'][\s\S]*parameters|parameters[\s\S]*["']?type\\?["']?\s*[:=]\s*\\?["']bitbucket\\?["']/i,
          whom: { host: 'api.bitbucket.org' },
          operations: OPERATIONS,
        },
      ]),
    ],
  }),
}
