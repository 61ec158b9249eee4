/** The full name of a Jenkins job, as it is typed or as the address of its page has it: `…/job/team/job/app/` is `team/app`. */
export function jobName(text: string): string {
  const words = text.trim()
  const pathname = URL.canParse(words) && /^https?:/i.test(words) ? new URL(words).pathname : words
  const isPage = pathname !== words || words.startsWith('/job/')
  const parts = [...pathname.matchAll(/(?:^|\/)job\/([^/]+)/g)].map(([, name = '']) => percentDecoded(name))
  return isPage && parts.length > 0 ? parts.join('/') : words.replace(/^\/+|\/+$/g, '')
}

/** What a malformed `%` stands for is not known. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
