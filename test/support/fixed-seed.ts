import fc from 'fast-check'

/** The same cases on every run, so that a change and not chance makes a test fail. `KEYTURN_SEED=N` tries others, `random` any. */
const given = process.env['KEYTURN_SEED'] ?? '1'

if (given !== 'random') fc.configureGlobal({ seed: Number(given) })
