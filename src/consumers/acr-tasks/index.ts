import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'

const READING = { form: 'pair or secret', operations: ['git-fetch'] } as const
const STEPS = ['docker_step', 'file_step', 'encoded_step']

export const consumer: Consumer = {
  id: 'acr-tasks',
  title: 'Azure Container Registry tasks',
  detector: fieldDetector({
    consumer: 'acr-tasks',
    keywords: [
      'git-access-token',
      'contextAccessToken',
      'sourceControlAuthProperties',
      'azurerm_container_registry_task',
    ],
    fields: [
      // Templates of Azure Resource Manager.
      { secret: '**/step/contextAccessToken', host: ['**/step/contextPath'], ...READING },
      {
        secret: '**/sourceRepository/sourceControlAuthProperties/token',
        host: ['**/sourceRepository/repositoryUrl'],
        ...READING,
      },
      // Terraform.
      ...STEPS.map((step) => ({
        secret: `resource/azurerm_container_registry_task/*/${step}/context_access_token`,
        host: [`resource/azurerm_container_registry_task/*/${step}/context_path`],
        ...READING,
      })),
      {
        secret: 'resource/azurerm_container_registry_task/*/source_trigger/authentication/token',
        host: ['resource/azurerm_container_registry_task/*/source_trigger/repository_url'],
        ...READING,
      },
    ],
    more: [
      inCommands([
        {
          command: /\baz\s+acr\s+task\s+(?:create|update)\b/g,
          secret: ['--git-access-token'],
          host: ['--context', '-c'],
          ...READING,
        },
      ]),
    ],
  }),
}
