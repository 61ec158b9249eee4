/** As the `config.xml` of a credential shows a text: ISO-8859-1, with a question mark for everything else. */
export function asShown(text: string): string {
  return text.replace(/[^\u0000-\u00ff]/gu, '?')
}
