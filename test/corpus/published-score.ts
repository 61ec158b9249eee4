import type { Corpus } from './generate.ts'
import type { Score, Tally } from './score.ts'

/** The page `docs/recall.md`: how the scanner does on the corpus of seed 1, with every miss and every false alarm. */
export function publishedScore(score: Score, corpus: Corpus): string {
  return `# Recall and precision

Written by \`RECORD_SCORE=1 npx vitest run test/corpus\`, and held by the same test without it.

The corpus is made by a generator (\`npm run corpus -- --seed 1 FOLDER\`) that shares no code with the scanner. Its secrets are made up, with
checksums that fit. Seed 1 has ${corpus.truths.length.toLocaleString('en-US')} true places and ${corpus.lookalikes.length.toLocaleString('en-US')} look-alikes: placeholders, documentation, other hosts, Jira tokens, tokens of Data
Center, wrong checksums, hashes, minified code. It was written from the same facts as the scanner, and consumers were finished with its list of
misses at hand: what stands in real machines and is not in it may be missed.

Recall is the share of true places that are found, precision the share of what is found that is true.

${tableOf('', [['all', score]])}

${tableOf('kind', [...score.byKind])}

${tableOf('format', [...score.byFormat])}

${tableOf('encoding', [...score.byEncoding])}

${tableOf('consumer', [...score.byConsumer])}

## Missed

${listOf(score.misses.map(({ path, line, consumer, kind, encoding }) => `${path}:${line}, ${consumer}, ${kind}, ${encoding.join(' ')}`))}

## False alarms

${listOf(score.alarms.map(({ finding: { path, line, consumer }, lookalike }) => `${path}:${line}, ${consumer}${lookalike === undefined ? '' : `: ${lookalike.why}`}`))}
`
}

function tableOf(title: string, rows: readonly (readonly [string, Tally])[]): string {
  const lines = rows.map(
    ([name, { truths, found, falseAlarms }]) =>
      `| ${name} | ${found} of ${truths} | ${percent(found, truths)} | ${percent(found, found + falseAlarms)} | ${falseAlarms} |`,
  )
  return [`| ${title} | found | recall | precision | false alarms |`, '|---|---:|---:|---:|---:|', ...lines].join('\n')
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(2)} %`
}

function listOf(lines: readonly string[]): string {
  return lines.length === 0 ? 'None.' : lines.map((line) => `- ${line}`).join('\n')
}
