const HEAD = 64 * 1024
const TAIL = 192 * 1024

/**
 * Without console notes and colours; passwords in URLs are cut out, and the middle of very long logs is left out. Its line ends stay, so
 * that a line keeps its number.
 */
export function consoleWords(log: string): string {
  return bounded(log)
    .replace(/\u001b\[8mha:[^\u001b\n]*\u001b\[0m/g, '')
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/(\bhttps?:\/\/[^\s/:@]*):[^\s/]*@/gi, '$1:…@')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

function bounded(log: string): string {
  if (log.length <= HEAD + TAIL) return log
  const omitted = log.slice(HEAD, -TAIL).split('\n').length - 1
  return `${log.slice(0, HEAD)}…${'\n'.repeat(omitted)}…${log.slice(-TAIL)}`
}
