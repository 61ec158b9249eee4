/** A line that the next one takes the place of. */
const PROGRESS = '\r\u001b[2K'
const MOST_PRINTED = 16 * 1024 * 1024

/** What was printed from now on; nothing when standard error got more than progress, or when it was very much. */
export function watchOutput(): () => string | undefined {
  const chunks: string[] = []
  let [size, isTold] = [0, true]
  const { stdout, stderr } = process
  const [write, tell] = [stdout.write.bind(stdout), stderr.write.bind(stderr)]
  stdout.write = ((chunk: unknown, ...rest: []) => {
    size += typeof chunk === 'string' ? chunk.length : MOST_PRINTED
    if (size < MOST_PRINTED) chunks.push(String(chunk))
    return write(chunk as string, ...rest)
  }) as typeof stdout.write
  stderr.write = ((chunk: unknown, ...rest: []) => {
    if (!String(chunk).startsWith(PROGRESS)) isTold = false
    return tell(chunk as string, ...rest)
  }) as typeof stderr.write
  return () => (isTold && size < MOST_PRINTED ? chunks.join('') : undefined)
}
