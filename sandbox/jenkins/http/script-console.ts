import type { Controller } from '../controller.ts'
import { ADMINISTER } from '../permissions.ts'
import { type Exchange, formOf, type Reply } from './exchange.ts'
import { notFound, page, postRequired, textReply } from './replies.ts'

/**
 * `POST /scriptText` and `/computer/<node>/scriptText` (core Jenkins.doScriptText, RemotingDiagnostics). Status 200 also
 * for a script that fails. Not Groovy: DIFFERENCES.md lists the statements that are interpreted.
 */
export function scriptText(exchange: Exchange, mode: 'disabled' | 'scripted'): Reply {
  if (mode === 'disabled') return notFound()
  if (exchange.method !== 'POST') return postRequired()
  exchange.visitor.require(ADMINISTER)
  const script = formOf(exchange).get('script') ?? exchange.query.get('script')
  return script === null ? page(200, 'Script Console') : textReply(interpret(exchange.controller, script))
}

type Value = string | number | boolean | null

/** Standard output, then `Result: <value>` of a last expression that is not null; an exception ends it. */
export function interpret(controller: Controller, script: string): string {
  let output = ''
  let last: Value = null
  for (const statement of statementsOf(script)) {
    const [, printed, given] = /^(println|print)\b\s*(.*)$/s.exec(statement) ?? []
    const value = evaluate(controller, given ?? statement.replace(/^return\b/, ''))
    if (value === undefined) return output + notInterpreted(statement)
    if (printed !== undefined) output += printed === 'println' ? `${value}\n` : String(value)
    last = printed === undefined ? value : null
  }
  return last === null ? output : `${output}Result: ${last}\n`
}

function statementsOf(script: string): readonly string[] {
  const parts = script.match(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|[\n;]|[^'"\n;/]+|./g) ?? []
  const text = parts.map((each) => (each.startsWith('//') ? '' : each === ';' ? '\n' : each)).join('')
  return text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !/^import\s+[\w.*]+$/.test(each))
}

const LITERAL = /^(?:'((?:\\.|[^'\\$])*)'|"((?:\\.|[^"\\$])*)")$/

/** Undefined for everything that is not one of the listed expressions. */
function evaluate(controller: Controller, expression: string): Value | undefined {
  const text = expression
    .trim()
    .replace(/^\(([\s\S]*)\)$/, '$1')
    .trim()
  const literal = LITERAL.exec(text)
  if (literal !== null) return (literal[1] ?? literal[2] ?? '').replace(/\\n/g, '\n').replace(/\\(.)/g, '$1')
  if (/^-?\d+$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null' || text === '') return null
  if (/^(?:jenkins\.model\.)?Jenkins\.VERSION$/.test(text)) return controller.version
  return secretValue(controller, text)
}

/** `Secret.decrypt` gives null for what is no payload, `fromString` the text itself. */
function secretValue(controller: Controller, text: string): Value | undefined {
  const call =
    /^(?:hudson\.util\.)?Secret\.(decrypt|fromString)\((['"])(.*?)\2\)(?:\.getPlainText\(\)|\.plainText)?$/.exec(text)
  if (call === null) return undefined
  const [, method, , payload = ''] = call
  return method === 'decrypt' ? (controller.cipher.decrypt(payload) ?? null) : controller.cipher.reveal(payload)
}

function notInterpreted(statement: string): string {
  return [
    `java.lang.UnsupportedOperationException: this sandbox does not run Groovy: ${statement}`,
    '\tat Script1.run(Script1.groovy:1)',
    '\tat groovy.lang.GroovyShell.evaluate(GroovyShell.java:574)',
    '',
  ].join('\n')
}
