import { classOf } from '../jenkins-scm.ts'
import { childText, type XmlElement } from './xml-document.ts'

/** A URL in the text of an inline pipeline, and the literal id of a credential near it; ids in variables cannot be told. */
export interface ScriptRemote {
  readonly text: string
  readonly id?: string
  /** The id stands in the same call or map as the URL; otherwise it is the nearest. */
  readonly isOwn: boolean
}

/** The text of an inline pipeline. */
export function inlineScript(element: XmlElement): string | undefined {
  return classOf(element) === 'org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition'
    ? (childText(element, 'script') ?? '')
    : undefined
}

const NEAR = 400

/** Of the literal `credentialsId` near a URL, one of the same call or map belongs to it, else the nearest. */
export function scriptRemotes(script: string): readonly ScriptRemote[] {
  const ids = [...script.matchAll(/credentialsId\s*:\s*(['"])([^'"$]{1,200})\1/g)]
  return [...script.matchAll(/https?:\/\/[^\s'"]+/g)].map((match) => {
    const distance = (id: RegExpExecArray): number => Math.abs(id.index - match.index)
    const apart = (id: RegExpExecArray): number => (isOneCall(textBetween(script, id, match)) ? 0 : 1)
    const near = ids.filter((id) => distance(id) < NEAR)
    const nearest = near.sort((a, b) => apart(a) - apart(b) || distance(a) - distance(b))[0]
    const text = match[0]
    if (nearest?.[2] === undefined) return { text, isOwn: false }
    return { text, id: nearest[2], isOwn: apart(nearest) === 0 }
  })
}

function textBetween(script: string, one: RegExpExecArray, other: RegExpExecArray): string {
  const [first, second] = one.index < other.index ? [one, other] : [other, one]
  return script.slice(first.index + first[0].length, second.index)
}

const BRACKETS = /\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}/g

/** By the text between two arguments: no bracket around one of them alone, and no end of a statement, which a line is unless it ends in a comma. */
function isOneCall(between: string): boolean {
  let outside = between
  for (let before = ''; before !== outside; ) {
    before = outside
    outside = outside.replace(BRACKETS, '')
  }
  return !/[()[\]{};]|(?:^|[^\s,])\s*\n/.test(outside)
}
