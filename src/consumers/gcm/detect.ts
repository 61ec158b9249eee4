import { byteText } from '../../formats/byte-text.ts'
import { plainText, type StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import { type Found, foundAt, placesOf, whomOf } from '../field-detector.ts'

/**
 * Finds credentials in the plain-text store of Git Credential Manager: one file for each, the secret in the first line, then `service=`
 * and `account=` (git-credential-manager, PlaintextCredentialStore.cs).
 */
export const gcmDetector: Detector = {
  matches: (path) => /\.credential$/.test(path),
  keywords: ['service=http'],
  breadth: 'own files',
  detect: (document) => ({ places: placesOf(document, 'gcm', foundIn(document)), demands: [], unread: [] }),
}

const ATTRIBUTE = /^(service|account)=(.*?)\r?$/gm

function foundIn({ bytes, seal }: Document): readonly Found[] {
  const text = byteText(bytes)
  const end = /\r?\n/.exec(text)?.index
  if (end === undefined) return []
  const attributes = new Map(
    [...text.slice(end).matchAll(ATTRIBUTE)].map(({ 0: line, 1: name = '', 2: value = '', index }) => {
      const start = end + index + line.indexOf('=') + 1
      return [name, stored(text, start, start + value.length)] as const
    }),
  )
  const whom = whomOf(attributes.get('service')?.text ?? '')
  if (whom === undefined) return []
  const reading = { operations: ['git-fetch', 'git-push'] as const }
  return foundAt(reading, { keys: ['credential'], value: stored(text, 0, end) }, attributes.get('account'), whom, seal)
}

function stored(text: string, from: number, to: number): StoredText {
  return plainText(text.slice(from, to), from)
}
