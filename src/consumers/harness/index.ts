import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inSecretsOfConnectors } from './secrets.ts'

/** Connectors refer to secrets; definitions of secrets in YAML and Terraform hold them (developer.harness.io, Git connector settings). */
export const consumer: Consumer = {
  id: 'harness',
  title: 'Harness',
  detector: fieldDetector({
    consumer: 'harness',
    keywords: ['SecretText', 'harness_platform_secret_text', 'harness_secret', 'harnessSecretManager'],
    more: [inSecretsOfConnectors],
  }),
}
