/** `%s`, `%d`, `%(name)s`, `%1$s`; but `%d0` is an octet. */
const DIRECTIVE = /%(?:[svq](?![\w%])|d(?![\da-f])|\(\w+\)[sd]|\d\$[sd])/i
/** `printf "…` of a shell, `fmt.Sprintf("…`, `fprintf(out, "…`, `String.format("…`: all that its first text says is a format, also without a directive. */
const BEHIND_PRINTF =
  /\b(?:\w{0,3}printf|String\.format)[ \t]{0,4}\(?[ \t]{0,4}(?:(?:-v[ \t]{1,4}\w{1,40}|--)[ \t]{1,4})?(?:[\w.&]{1,40},[ \t]{0,4}){0,2}(?:["'`][^"'`]{0,1000}|[^\s"'`]{0,1000})$/i
/** `"…" % name` of Python and Ruby. */
const BEFORE_OPERATOR = /^[^"'`\n]{0,1000}["'`]{1,3}\s{0,3}%\s{0,3}[\w([{]/

/** Whether the text around a piece is a format: `"https://user:secret@bitbucket.org/acme/%s.git" % name`. */
export function isUrlFormat(before: string, after: string): boolean {
  const url = `${/[^\s"'`]*$/.exec(before)?.[0] ?? ''} ${/^[^\s"'`]*/.exec(after)?.[0] ?? ''}`
  return (
    DIRECTIVE.test(url) || BEFORE_OPERATOR.test(after) || (/printf|format/i.test(before) && BEHIND_PRINTF.test(before))
  )
}

/** INI that its reader interpolates (configparser, supervisord, Alembic), as far as it shows it. Others, like pip, take it as it stands. */
export function isInterpolated(text: string): boolean {
  return /%\(\w+\)s|^\[(?:program:|supervisord\]|alembic\])/m.test(text)
}
