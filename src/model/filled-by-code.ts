import type { PlaceOwner } from './place.ts'

/** Configuration as Code replaces the whole store of the system at every start (configuration-as-code-plugin, "credentials"). */
export function filledByCode(path: string): PlaceOwner {
  return { name: `Configuration as Code (${path})`, wayOut: wayOutOfCode(path), takesChanges: false }
}

export function wayOutOfCode(path: string): string {
  return `Change it in ${path}, or in what that file takes its secret from.`
}
