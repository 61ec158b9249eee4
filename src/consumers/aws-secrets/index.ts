import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { inJsonArguments } from '../json-arguments.ts'
import { inStoredSecrets } from '../named-secrets.ts'

/** A command that names Bitbucket within its few lines. */
const OF_BITBUCKET = String.raw`(?=(?:[^\n]|\\\n){0,600}bitbucket)(?!(?:[^\n]|\\\n){0,600}(?:oauth|client|webhook|server|username))`
const READING = { form: 'pair or secret', operations: ['git-fetch', 'rest'] } as const

/** The words of the command, one blank between them. */
const CREATED =
  /\baws\b.{0,200}\bsecretsmanager (?:create-secret|put-secret-value|update-secret)\b(?=.{0,400}bitbucket)(?!.{0,400}(?:oauth|client|webhook|server))/is

export const consumer: Consumer = {
  id: 'aws-secrets',
  title: 'AWS Secrets Manager and Parameter Store',
  copies: {
    addresses: /^(?:SecretString|SecretValues|Parameters?)(?:\.|$)/,
    because:
      'it is a copy of what AWS holds; put the new secret there with `aws secretsmanager put-secret-value` or `aws ssm put-parameter --overwrite`, then delete the copy',
  },
  detector: fieldDetector({
    consumer: 'aws-secrets',
    keywords: ['SecretString', '"Parameter', 'secretsmanager', 'put-parameter', 'secret_string', 'aws_ssm_parameter'],
    more: [
      inStoredSecrets([
        { value: '**/SecretString', name: '**/Name' },
        { value: 'Parameter/Value', name: 'Parameter/Name' },
        { value: 'Parameters/*/Value', name: 'Parameters/*/Name' },
        // CloudFormation and Terraform.
        { value: 'Resources/*/Properties/Value', name: 'Resources/*/Properties/Name' },
        { value: 'resource/aws_ssm_parameter/*/value', name: 'resource/aws_ssm_parameter/*/name' },
      ]),
      inCommands([
        {
          command: new RegExp(String.raw`\baws\s+ssm\s+put-parameter\b${OF_BITBUCKET}`, 'gi'),
          secret: ['--value'],
          whom: { host: 'bitbucket.org' },
          ...READING,
        },
      ]),
      // aws secretsmanager create-secret --name ci/bitbucket --secret-string '{"username": "…", "password": "…"}'
      inJsonArguments(
        ['password', 'app_password', 'appPassword', 'token', 'api_token'].map((name) => ({
          secret: name,
          username: ['username', 'user', 'email'],
          operations: READING.operations,
          isGuess: true,
        })),
        CREATED,
      ),
    ],
  }),
}
