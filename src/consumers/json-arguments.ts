import { inside, type StoredText } from '../formats/field.ts'
import { readJsonFields } from '../formats/json-fields.ts'
import { readShellCommands } from '../formats/shell-fields.ts'
import { storedPart } from '../formats/text-runs.ts'
import type { FieldDocument } from './document-fields.ts'
import { byFields, type DocumentReader, type FieldRule } from './field-detector.ts'

/** Bodies of requests in scripts: `curl … -d '{"git_provider": "bitbucketCloud", …}'`. `command`: what the words of the command have to say. */
export function inJsonArguments(rules: readonly FieldRule[], command?: RegExp): DocumentReader {
  return (each, document) => {
    if ((each.format !== 'shell' && each.format !== 'text') || !each.isParsed) return []
    if (command?.test(each.text) === false && !each.text.includes('\\\n')) return []
    return argumentsOf(each, command).flatMap((value) => {
      const { fields } = readJsonFields(value.text)
      const body: FieldDocument = {
        path: each.path,
        format: 'json',
        text: value.text,
        whole: value,
        fields: fields.map((field) => ({ ...field, value: inside(value, field.value) })),
        nested: [],
        isParsed: true,
      }
      return rules.flatMap((rule) => byFields(rule, body, document))
    })
  }
}

function argumentsOf(each: FieldDocument, command: RegExp | undefined): readonly StoredText[] {
  return readShellCommands(each.text)
    .filter(({ words }) => command === undefined || command.test(words.map(({ value }) => value.text).join(' ')))
    .flatMap(({ words }) => words)
    .filter(({ value: { text } }) => text.startsWith('{') && text.trimEnd().endsWith('}') && text.includes('"'))
    .map(({ value }) => inside(each.whole, storedPart(each.text, value)))
}
