import type { VariableName } from '../model/variable-flow.ts'

/**
 * `$NAME`, `${NAME}`, `${env.NAME}`, `$env:NAME`, `$(NAME)`, `%NAME%`, `!NAME!`, `{{ NAME }}`, `${{ env.NAME }}`. A name of `secrets.` and `vars.`
 * is that of a store elsewhere, and so a name of its own.
 */
const REFERENCE =
  /\$\{\{[ \t]*(?:env\.|variables\.)?((?:secrets\.|vars\.)?[A-Za-z_]\w{0,99})|\$(?:\{|\(|env:|\{env[:.])?([A-Za-z_]\w{0,99})|%([A-Za-z_]\w{1,99})%|![A-Za-z_]\w{1,99}!|\{\{[ \t]*([A-Za-z_]\w{0,99})[ \t]*[}|]/gi
const TERRAFORM = /(?<![\w.])((?:var|local)\.[A-Za-z_][\w-]{0,99})((?:\.[A-Za-z_][\w-]{0,99}){0,4})/g
/** A text full of references stays quick to read. */
const MOST = 200

/** Names of the variables that a text takes its parts from, each once. */
export function referencesIn(text: string): readonly VariableName[] {
  if (!/[$%!{]/.test(text)) return []
  const found = new Set<VariableName>()
  for (const match of text.matchAll(REFERENCE)) {
    const name = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[0].slice(1, -1)
    found.add(sharedName(name))
    if (found.size > MOST) break
  }
  return [...found]
}

/** `var.login.password` is what that attribute is set to, or else of what `login` as a whole is. */
export function terraformReferencesIn(text: string): readonly VariableName[] {
  if (!/\b(?:var|local)\./.test(text)) return []
  const found = [...text.slice(0, 10_000).matchAll(TERRAFORM)]
  return [...new Set(found.flatMap(({ 1: name = '', 2: attributes = '' }) => [`${name}${attributes}`, name]))]
}

/** `TF_VAR_token` is how an environment sets the variable `token` of Terraform (developer.hashicorp.com/terraform/cli/config/environment-variables). */
export function sharedName(name: string): VariableName {
  return name.startsWith('TF_VAR_') ? `var.${name.slice('TF_VAR_'.length)}` : name
}
