import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'
import { inOutputs, inResources } from './detect.ts'

export const consumer: Consumer = {
  id: 'terraform-state',
  title: 'Terraform state',
  unwritten: 'Terraform writes its state itself; change the configuration or the variable, then run terraform apply',
  detector: fieldDetector({
    consumer: 'terraform-state',
    files: /\.tfstate(\.\d+)?(\.backup)?$/,
    keywords: ['bitbucket', 'BITBUCKET', 'Bitbucket'],
    more: [inResources, inOutputs, inUrlFields(['**'])],
  }),
}
