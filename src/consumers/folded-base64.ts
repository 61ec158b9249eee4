/** `… | base64`, `$(base64 …`, `openssl enc -base64`: with its options, and what its output goes through. */
const ENCODER =
  /(?:[|`]|\$\()\s{0,8}(?:openssl\s{1,4}(?:enc\s{1,4}-)?)?base64\b([^|)`;&\n]{0,200})(?:\|(?!\|)([^;&\n]{0,200}))?/g
/** GNU, BusyBox and OpenSSL each have a word for it; what decodes begins no lines of its own. */
const IN_ONE_LINE = /(?:^|\s)(?:-\w*w\s?0\b|--wrap[= ]0\b|-A\b|-\w*[dD]\b|--decode\b)/
const JOINING = /\b(?:tr|sed|awk|perl|paste|xargs)\b/

/**
 * Whether a command encodes with a `base64` that begins a new line every 76 characters (OpenSSL: 64). The pair of an app password is
 * shorter, that of an API token is not.
 */
export function foldedIn(text: string): { readonly folded?: true } {
  if (!text.includes('base64')) return {}
  const folds = [...text.matchAll(ENCODER)].some(
    ([, options = '', behind = '']) => !IN_ONE_LINE.test(options) && !JOINING.test(behind),
  )
  return folds ? { folded: true } : {}
}
