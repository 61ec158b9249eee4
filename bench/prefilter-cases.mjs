// Does the prefilter give the same answers as the expression? On as many adversarial texts as are asked for, with vectors and without.
// `--cases 1000000 --seed 1`; ends with 1 and the text when they differ.
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const contents = `
export { prefilterCases } from './test/support/prefilter-cases.ts'
export { plainPrefilter, vectorPrefilter } from './src/scan/prefilter/prefilter.ts'
export { firstNeedle } from './src/scan/prefilter/reference.ts'
`
const resolveDir = new URL('..', import.meta.url).pathname
const bundle = { bundle: true, platform: 'node', format: 'esm', write: false, logLevel: 'warning' }
const { outputFiles } = await build({ ...bundle, stdin: { contents, resolveDir, loader: 'ts' } })
const source = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')
const { prefilterCases, plainPrefilter, vectorPrefilter, firstNeedle } = await import(
  `data:text/javascript;base64,${source}`
)

const ways = Object.entries({ 'with vectors': vectorPrefilter(), 'without vectors': plainPrefilter() })
const cases = Number(values.cases)
let hits = 0
let left = cases
for (const one of prefilterCases(Number(values.seed))) {
  if (left-- === 0) break
  const expected = firstNeedle(one.text.slice(0, one.length), one.from)
  if (expected !== -1) hits++
  for (const [name, prefilter] of ways) {
    prefilter.buffer.set(Buffer.from(one.text, 'latin1'))
    const found = prefilter.nextHit(one.from, one.length)
    if (found === expected) continue
    process.stderr.write(`${name}: ${found} for ${expected}: ${JSON.stringify(one)}\n`)
    process.exit(1)
  }
}
process.stdout.write(`${cases} texts, ${hits} with a hit: the same answers, with vectors and without\n`)
