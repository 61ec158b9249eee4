/**
 * The same text in memory of its own. V8 keeps a whole document alive for as long as a part that was cut out of it, so what a scan keeps
 * of many documents is copied.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
