import type { Consumer } from '../../model/consumer.ts'
import { ansibleVaultConnector } from './connect.ts'
import { ansibleVaultDetector } from './detect.ts'

export const consumer: Consumer = {
  id: 'ansible-vault',
  title: 'Ansible Vault',
  detector: ansibleVaultDetector,
  connector: ansibleVaultConnector,
}
