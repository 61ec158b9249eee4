import type { Part } from './code-frame.ts'
import { type Literal, walkCode } from './code-walk.ts'
import type { Field, FieldReading, StoredText } from './field.ts'
import { plainText } from './field.ts'
import type { CodeLanguage } from './literal-styles.ts'

/**
 * Reads every string literal of a program. `keys` tell where it stands as far as brackets and assignments show, from the outside in:
 * names on the left of `=`, `:`, `=>`, without signs such as `$`; names of blocks; a called function as `name()`, and behind it the name
 * of the argument or its index. Where one argument names the next (`define('A', 'x')`), its text stands in the place of the index.
 * `putenv('A=b')` gives the value `b` under the key `A`. A literal that itself is a key has the keys of what it stands in.
 * There is no malformed program: what is not closed is passed over. `text` is byte text.
 */
export function readCodeFields(text: string, language: CodeLanguage): FieldReading {
  return { fields: walkCode(text, language).literals.map((literal) => fieldOf(literal, keyOf)) }
}

/** An Atlassian token ends with `=` and a checksum and may have no other sign in it; it is a value, and no name. */
const ASSIGNED = /^(?!AT[AC]TT3\w+=[0-9A-F]{8}$)([A-Za-z_]\w{0,200})=/

/** `keyText` tells how a part is written as a key; absent: it is none. */
export function fieldOf({ token, parts, role }: Literal, keyText: (part: Part) => string | undefined): Field {
  const keys = parts.flatMap((part) => keyText(part) ?? [])
  const value = token.value ?? plainText('', token.extent[0])
  const assigned = role === 'value' && isEnvironment(parts) ? ASSIGNED.exec(value.text) : null
  const name = assigned?.[1]
  if (name === undefined) return { keys, value, extent: token.extent }
  return { keys: [...withoutIndex(keys), name], value: cut(value, name.length + 1), extent: token.extent }
}

function keyOf({ kind, text }: Part): string {
  return kind === 'call' ? `${text}()` : text
}

/** `putenv('A=b')`, `withEnv(['A=b'])`, `environment: ['A=b']`, `cmd.Env = append(os.Environ(), "A=b")` */
function isEnvironment(parts: readonly Part[]): boolean {
  return parts.slice(-4).some(({ text }) => /^(?:putenv|withenv|env|environment)$/i.test(text))
}

function withoutIndex(keys: readonly string[]): readonly string[] {
  return /^\d+$/.test(keys.at(-1) ?? '') ? keys.slice(0, -1) : keys
}

/** `value` without its first characters. */
function cut(value: StoredText, from: number): StoredText {
  return {
    ...value,
    text: value.text.slice(from),
    spanOf: (start, end) => value.spanOf(from + start, from + end),
  }
}
