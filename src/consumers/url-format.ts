/** `%s`, `%d`, `%(name)s`, `%1$s`; but `%d0` is an octet. */
const DIRECTIVE = /%(?:[svq](?![\w%])|d(?![\da-f])|\(\w+\)[sd]|\d\$[sd])/i

/** Whether the URL around a piece of a text is a format: `"https://user:secret@bitbucket.org/acme/%s.git" % name`. */
export function isUrlFormat(before: string, after: string): boolean {
  return DIRECTIVE.test(`${/[^\s"'`]*$/.exec(before)?.[0] ?? ''} ${/^[^\s"'`]*/.exec(after)?.[0] ?? ''}`)
}
