import { makeCorpus } from './generate.ts'
import { scanCorpus } from './scan-corpus.ts'

/** Prints how the scanner does on the corpus of a seed, with every miss and every false alarm. */
async function main([seed = '1']: readonly string[]): Promise<void> {
  const { score } = await scanCorpus(makeCorpus(seed))
  const lines = [
    `recall ${score.recall.toFixed(4)} (${score.found} of ${score.truths}), precision ${score.precision.toFixed(4)} (${score.falseAlarms} false alarms)`,
    ...[...score.byConsumer].map(
      ([name, { truths, found, falseAlarms }]) => `  ${name.padEnd(26)} ${found}/${truths}  false ${falseAlarms}`,
    ),
    ...score.misses.map(
      ({ path, line, consumer, kind, encoding }) => `miss ${path}:${line} ${consumer} ${kind} ${encoding.join(' ')}`,
    ),
    ...score.alarms.map(
      ({ finding: { path, line, consumer, kind }, lookalike, misread }) =>
        `false ${path}:${line} ${consumer} ${kind ?? ''} | ${lookalike?.why ?? ''} ${misread === undefined ? '' : `misread ${misread.consumer}`}`,
    ),
    ...score.wrongUsernames.map(
      ({ truth: { path, line, username, consumer }, finding }) =>
        `username ${path}:${line} ${consumer} ${username ?? ''} read ${finding.username ?? ''} by ${finding.consumer}`,
    ),
    ...score.misplaced.map(({ truth: { path, line } }) => `misplaced ${path}:${line}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

await main(process.argv.slice(2))
