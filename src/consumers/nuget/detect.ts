import type { Field } from '../../formats/field.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, whomOf } from '../field-detector.ts'

interface Setting {
  readonly around: readonly string[]
  readonly key: string
  readonly value: Field
}

/** `packageSourceCredentials` of a NuGet.config, for the sources that Bitbucket serves. `Password` is encrypted by Windows. */
export const inSourceCredentials: DocumentReader = (each, { seal }) => {
  const settings = settingsOf(each)
  const urls = new Map(
    settings
      .filter(({ around }) => around.at(-1) === 'packageSources')
      .map(({ key, value }) => [key, value.value.text]),
  )
  const ofSources = settings.filter(({ around }) => around.at(-2) === 'packageSourceCredentials')
  return ofSources.flatMap(({ around, key, value }): readonly Found[] => {
    const source = around.at(-1) ?? ''
    const whom = whomOf(urls.get(decodedName(source)) ?? '')
    if (key !== 'ClearTextPassword' || whom === undefined) return []
    const user = ofSources.find((other) => other.around.at(-1) === source && other.key === 'Username')
    const at = { keys: ['packageSourceCredentials', source, key], value: value.value }
    return foundAt({ operations: ['rest'] }, at, user?.value.value, whom, seal)
  })
}

/** `<add key="…" value="…" />`; the attributes may stand in either order. */
function settingsOf({ fields, text }: FieldDocument): readonly Setting[] {
  const names = new Map<number, string>()
  const values: (readonly [number, Field])[] = []
  for (const field of fields) {
    if (field.keys.at(-2) !== 'add') continue
    const element = text.lastIndexOf('<add', field.extent[0])
    if (field.keys.at(-1) === '@key') names.set(element, field.value.text)
    if (field.keys.at(-1) === '@value') values.push([element, field])
  }
  return values.map(([element, value]) => ({ around: value.keys.slice(0, -2), key: names.get(element) ?? '', value }))
}

/** A name that is no name of XML has its characters as `_x0020_` (learn.microsoft.com/nuget/reference/nuget-config-file). */
function decodedName(name: string): string {
  return name.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
