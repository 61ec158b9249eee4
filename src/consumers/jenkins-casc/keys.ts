import type { Document } from '../../model/consumer.ts'
import { type JenkinsKeys, keyFilesOf, keysOf, openSecret } from '../hudson-secret.ts'

/** For `Detector.companions`: key files of each home that the path may belong to. */
export function keyListsFor(path: string): readonly (readonly string[])[] {
  return homesOf(path).map((home) => Object.values(keyFilesOf(home)))
}

/** `undefined`: no key is beside the file that opens it. */
export function openedIn(document: Document, stored: string): string | undefined {
  const opened = openSecret(stored, keysBeside(document))
  return opened.kind === 'undecryptable' ? undefined : opened.text
}

export function whyUnopened(document: Document): string {
  return keysBeside(document).current === undefined
    ? 'it is encrypted, and the keys of its controller (secrets/) are not beside this file'
    : 'it is encrypted with a key that is not in secrets/'
}

export function keysBeside(document: Document): JenkinsKeys {
  const keys = homesOf(document.path).map((home) => keysOf(home, document))
  return keys.find(({ current }) => current !== undefined) ?? {}
}

/** Where the plugin looks when nothing else is said (`jenkins.yaml` in the home), and where the official image keeps more (`casc_configs`). */
export function homesOf(path: string): readonly string[] {
  const parts = path.split(/[\\/]/)
  const name = parts.pop() ?? ''
  const folder = parts.lastIndexOf('casc_configs')
  if (!/\.ya?ml$/i.test(name)) return []
  if (folder !== -1) return [parts.slice(0, folder).join('/')]
  return /^jenkins\.ya?ml$/i.test(name) ? [parts.join('/')] : []
}
