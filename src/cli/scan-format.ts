export const SCAN_FORMATS = ['human', 'json', 'sarif', 'csv', 'html'] as const
export type ScanFormat = (typeof SCAN_FORMATS)[number]

const ENDINGS: readonly (readonly [string, ScanFormat])[] = [
  ['.sarif', 'sarif'],
  ['.sarif.json', 'sarif'],
  ['.csv', 'csv'],
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.txt', 'human'],
]

/** The format that the ending of a file names; JSON where it names none. */
export function formatOfFile(file: string): ScanFormat {
  const name = file.toLowerCase()
  return ENDINGS.find(([ending]) => name.endsWith(ending))?.[1] ?? 'json'
}
