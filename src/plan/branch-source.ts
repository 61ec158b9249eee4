import type { Use } from '../model/use.ts'

/** Whether Jenkins' Branch Source does this: it signs in to REST and git with one credential and swaps the username itself. */
export function isBranchSource(use: Use): boolean {
  return use.by.endsWith(' (Branch Source)')
}
