import { fieldOf } from './code-fields.ts'
import { walkCode } from './code-walk.ts'
import type { FieldReading } from './field.ts'

/**
 * Reads HCL (Terraform, Terragrunt, Packer, `.tfvars`) into the values of its attributes. `keys`: type and labels of the blocks, names,
 * keys of maps, indices of lists, `name()` and index in calls. `${…}` stays as it is written. A path of names (`var.password`) or a
 * number is a value too; its extent has no quotes. `text` is byte text.
 */
export function readHclFields(text: string): FieldReading {
  const { literals, open } = walkCode(text, 'hcl')
  const fields = literals
    .filter(({ role }) => role === 'value' || role === 'bare')
    .map((literal) => fieldOf(literal, ({ kind, text }) => (kind === 'call' ? `${text}()` : text)))
  return open === undefined
    ? { fields }
    : { fields, problem: { span: [open, open], detail: 'a bracket is not closed' } }
}
