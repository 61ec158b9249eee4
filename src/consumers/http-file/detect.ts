import { decodeBasicPair } from '../../formats/base64-pair.ts'
import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { accessOfMethod } from '../bitbucket-address.ts'
import { fieldsOf } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Whom, whomOf } from '../field-detector.ts'
import { tailOf } from '../variables.ts'

/** `Basic user secret` and `Basic user:secret` are encoded by the editor before they are sent (REST Client, JetBrains HTTP client). */
const AUTHORIZATION =
  /^[ \t]*authorization[ \t]*:[ \t]*(basic|bearer)[ \t]+([^\s:]{1,4096})(?:(?::|[ \t]+)([^\s:]{1,4096}))?[ \t]*\r?$/gim
const SEPARATOR = /^###/m
const REQUEST = /^[ \t]*(?:(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ \t]+)?(https?:\/\/\S+|\{\{[\w.-]+\}\}\S*)/m
const VARIABLE = /^[ \t]*@([\w.-]+)[ \t]*=[ \t]*(\S+)/gm

/** Each request has its own address; a variable at the top of the file may hold the first part of it. */
export const inRequests: DocumentReader = (each, document) => {
  if (each !== fieldsOf(document)) return []
  const variables = new Map([...each.text.matchAll(VARIABLE)].map(({ 1: name = '', 2: value = '' }) => [name, value]))
  let at = 0
  return each.text.split(SEPARATOR).flatMap((request) => {
    const from = at
    at += request.length + 3
    const whom = whomOfRequest(request, variables)
    return whom === undefined ? [] : inRequest(tailOf(each.whole, from, from + request.length), whom, document)
  })
}

function whomOfRequest(request: string, variables: ReadonlyMap<string, string>): Whom | undefined {
  const { 1: method = 'GET', 2: url } = REQUEST.exec(request) ?? []
  if (url === undefined) return undefined
  const whom = whomOf(url.replace(/^\{\{([\w.-]+)\}\}/, (_, name: string) => variables.get(name) ?? ''))
  return whom === undefined ? undefined : { ...whom, asked: { ...whom.asked, access: accessOfMethod(method) } }
}

function inRequest(request: StoredText, whom: Whom, { seal }: Document): readonly Found[] {
  return [...request.text.matchAll(AUTHORIZATION)].flatMap((match) => {
    const { index, 0: line, 1: scheme = '', 2: first = '', 3: second } = match
    const start = index + line.indexOf(first, line.toLowerCase().indexOf(scheme.toLowerCase()) + scheme.length)
    const one = tailOf(request, start, start + first.length)
    const keys = ['Authorization']
    const operations = [whom.host === 'api.bitbucket.org' ? 'rest' : 'web'] as const
    if (second === undefined) {
      const isPair = scheme.toLowerCase() === 'basic'
      if (isPair && decodeBasicPair(first) === undefined) return []
      return foundAt(
        { form: isPair ? 'base64-pair' : 'secret', operations },
        { keys, value: one },
        undefined,
        whom,
        seal,
      )
    }
    const from = index + line.lastIndexOf(second)
    const value = tailOf(request, from, from + second.length)
    return foundAt({ operations }, { keys, value }, one, whom, seal)
  })
}
