import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inUrlFields } from '../url-fields.ts'

export const consumer: Consumer = {
  id: 'terraform-modules',
  title: 'Terraform module sources',
  detector: fieldDetector({
    consumer: 'terraform-modules',
    keywords: ['source', 'Source'],
    // Blocks of Terraform and of Terragrunt, and `.terraform/modules/modules.json`.
    more: [
      inUrlFields([
        'module/*/source',
        'module/*/*/source',
        'terraform/source',
        'unit/*/source',
        'stack/*/source',
        'Modules/*/Source',
      ]),
    ],
  }),
}
