import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { inStoredSecrets } from '../named-secrets.ts'

export const consumer: Consumer = {
  id: 'azure-key-vault',
  title: 'Azure Key Vault',
  copies: {
    addresses: /^(?:\d+\.)?value\./,
    because:
      'it is a copy of what the vault holds; set the new secret there with `az keyvault secret set`, then delete the copy',
  },
  detector: fieldDetector({
    consumer: 'azure-key-vault',
    keywords: ['vault.azure.net', 'az keyvault', 'azurerm_key_vault_secret'],
    more: [
      inStoredSecrets([
        // What `az keyvault secret show` prints.
        { value: 'value', name: 'name' },
        { value: '*/value', name: '*/name' },
        { value: 'resource/azurerm_key_vault_secret/*/value', name: 'resource/azurerm_key_vault_secret/*/name' },
      ]),
      inCommands([
        {
          command:
            /\baz\s+keyvault\s+secret\s+set\b(?=(?:[^\n]|\\\n){0,600}bitbucket)(?!(?:[^\n]|\\\n){0,600}(?:oauth|client|webhook|server|username))/gi,
          secret: ['--value'],
          whom: { host: 'bitbucket.org' },
          form: 'pair or secret',
          operations: ['git-fetch', 'rest'],
        },
      ]),
    ],
  }),
}
