import type { KeyForm, SettingScope } from './blueprint.ts'

export interface Setting {
  readonly scope: SettingScope
  readonly key: string
  readonly value: string
}

export const urlKey = (section: string, form: KeyForm, name: string, url: string): string =>
  form === 'general' ? `${section}.${name}` : `${section}.${form === 'host' ? 'https://bitbucket.org' : url}.${name}`

/** The text of a file of settings, as git writes it. */
export function settingsText(settings: readonly Setting[]): string {
  return settings.map(({ key, value }) => `${sectionOf(key)}\n\t${nameOf(key)} = ${quoted(value)}\n`).join('')
}

function sectionOf(key: string): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')]
  const section = key.slice(0, first)
  return first === last ? `[${section}]` : `[${section} "${key.slice(first + 1, last)}"]`
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf('.') + 1)

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The variables of `git --config-env`'s elder sister. */
export function settingsEnvironment(settings: readonly Setting[]): Readonly<Record<string, string>> {
  if (settings.length === 0) return {}
  const pairs = settings.flatMap(({ key, value }, index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) }
}
