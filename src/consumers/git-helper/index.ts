import type { Consumer } from '../../model/consumer.ts'
import { fieldVerifier } from '../field-verifier.ts'
import { gitHelperConnector } from './connect.ts'

export const consumer: Consumer = {
  id: 'git-helper',
  title: 'git credential helpers',
  connector: gitHelperConnector,
  verifier: fieldVerifier(gitHelperConnector),
}
