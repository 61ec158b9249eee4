import { type ByteSpan, bomLength, byteText } from './byte-text.ts'
import { readUrl, type UrlReading } from './url.ts'

/** One line of git-credential-store's file. */
export interface CredentialLine {
  /** Without the line end; a carriage return before it counts as line end. */
  readonly span: ByteSpan
  /** 1-based. */
  readonly line: number
  readonly text: string
  /** Offsets count from the start of `span`. Absent: not a URL (blank, comment, damaged). */
  readonly url?: UrlReading
}

export function readGitCredentials(bytes: Uint8Array): readonly CredentialLine[] {
  const text = byteText(bytes)
  const lines: CredentialLine[] = []
  let start = bomLength(text)
  for (const part of text.slice(start).split('\n')) {
    const content = part.replace(/\r$/, '')
    const url = readUrl(content)
    lines.push({
      span: [start, start + content.length],
      line: lines.length + 1,
      text: content,
      ...(url === undefined ? {} : { url }),
    })
    start += part.length + 1
  }
  return lines
}
