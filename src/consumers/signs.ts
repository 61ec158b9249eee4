/**
 * One of these has to stand in a document for the scan to open it at all (src/scan/prefilter/needles.ts): for consumers whose own names
 * have none, so that they find the same with and without the prefilter.
 */
export const SIGNS: readonly string[] = ['bitbucket', 'Bitbucket', 'BitBucket', 'BITBUCKET', 'ATBB', 'ATATT3', 'ATCTT3']
