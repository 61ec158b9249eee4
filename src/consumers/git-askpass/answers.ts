import { decodeUtf8 } from '../../formats/byte-text.ts'
import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { lastName } from '../document-format.ts'
import { type Found, foundAt, type Whom } from '../field-detector.ts'
import { hostsIn } from '../nearest-host.ts'
import { isIssued } from '../secret-text.ts'
import { tailOf } from '../variables.ts'

/**
 * A program for `GIT_ASKPASS` or `SSH_ASKPASS`: git calls it with a prompt ("Username for 'https://bitbucket.org'"), and it prints the
 * answer (gitcredentials, "Requesting credentials").
 */
export function inAnswers(each: FieldDocument, document: Document): readonly Found[] {
  const isNamed = /ask-?_?pass/i.test(each === fieldsOf(document) ? document.path : each.path)
  if (!isNamed && !/askpass|user(?:name)?\*|\*?pass(?:word)?\*|(?:username|password) for/i.test(each.text)) return []
  const answers = answersIn(each.whole)
  const secrets = answers.filter((answer) => isSecret(answer, answers, isNamed, document))
  const user = answers.find(({ role, value }) => role === 'username' && !secrets.some((other) => other.value === value))
  return secrets.flatMap(({ value, at }) => {
    const whom = whomFor(each, [at, at + value.text.length], document)
    if (whom === undefined) return []
    return foundAt(
      { operations: ['git-fetch', 'git-push'] },
      { keys: ['answer'], value },
      user?.value,
      whom,
      document.seal,
    )
  })
}

interface Answer {
  readonly value: StoredText
  readonly at: number
  /** What the prompt in front of it asks for. */
  readonly role: 'username' | 'password' | undefined
}

const ANSWER =
  /(?:(?<![\w$.-])|(?<=\\n))(?:echo|printf|print|puts|Write-Output|Write-Host|console\.log|(?:process|sys)\.stdout\.write)\b[ \t]*\(?[ \t]*(?:-[neE]+[ \t]+)?(?:(["'])%s(?:\\n)?\1[ \t]+)?(["']?)([^\s"'()<>;`\\]{1,4096})(?:\\n)?\2/g
/** What each answer begins with, to be found faster. */
const PRINTS = /echo|print|puts|Write-|console\.log|stdout\.write/
/** From the prompt to its answer. */
const BEFORE = 200

function answersIn(whole: StoredText): readonly Answer[] {
  if (!PRINTS.test(whole.text)) return []
  let last = 0
  return [...whole.text.matchAll(ANSWER)].map(({ 0: match, 2: quote = '', 3: answer = '', index }) => {
    const end = index + match.length - quote.length - (/\\n["']?$/.test(match) ? 2 : 0)
    const before = whole.text.slice(Math.max(last, index - BEFORE), index)
    const wider = whole.text.slice(Math.max(0, index - BEFORE), index)
    last = index + match.length
    return { value: tailOf(whole, end - answer.length, end), at: index, role: roleOf(before, wider) }
  })
}

/** The last prompt in front; behind an `else` it is the other one. */
function roleOf(before: string, wider: string): Answer['role'] {
  const named = [...before.matchAll(/user(?:name)?|pass(?:word|phrase)?/gi)]
    .filter(({ index }) => !/ask-?_?$/i.test(before.slice(0, index)))
    .at(-1)
  const isOther = /\belse\b|\*\)/.test(before.slice(named?.index ?? 0))
  const word = named ?? (isOther ? [...wider.matchAll(/user(?:name)?|pass(?:word|phrase)?/gi)].at(-1) : undefined)
  if (word === undefined) return undefined
  const isUser = /^user/i.test(word[0]) !== (named === undefined && isOther)
  return isUser ? 'username' : 'password'
}

function isSecret({ value, role }: Answer, all: readonly Answer[], isNamed: boolean, { seal }: Document): boolean {
  const text = decodeUtf8(value.text)
  if (isIssued(text, seal)) return true
  if (text.length < 6) return false
  return role === 'password' || (isNamed && all.length === 1 && role === undefined)
}

/** An e-mail is a username, and names no host. */
const MAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}/g

/** The prompt names the host, or a comment does, or what the file is called. */
function whomFor(each: FieldDocument, span: readonly [number, number], { path }: Document): Whom | undefined {
  const host = hostsIn(each.text).bitbucketNear(...span)
  if (host !== undefined) return { host }
  const isTold = /bitbucket/i.test(lastName(path)) || /bitbucket/i.test(each.text)
  return isTold && !/:\/\/|\w\.(?:com|org|net|io|dev)\b/.test(each.text.replace(MAIL, ''))
    ? { host: 'bitbucket.org' }
    : undefined
}
