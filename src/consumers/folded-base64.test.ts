import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { foldedIn } from './folded-base64.ts'

const LONG = 'x'.repeat(200)
/** Whether this machine's shell makes several lines of it. */
const makesLines = (script: string): boolean =>
  execFileSync('bash', ['-c', `A=${LONG}\n${script}`], { encoding: 'utf8' })
    .trim()
    .includes('\n')

describe('a base64 that breaks long lines', () => {
  it.each([
    'printf %s "alice:$A" | base64',
    'echo -n "alice:$A"|base64 -i -',
    'echo "$(printf %s "alice:$A" | base64)"',
    'echo "$(base64 <<< "alice:$A")"',
    'echo "`printf %s "alice:$A" | base64`"',
    'printf %s "$A" | base64 -w 60',
    'printf %s "$A" | base64 || tr -d x',
    'printf %s "$A" | openssl base64',
    'printf %s "$A" | openssl enc -base64',
  ])('is seen: %s', (script) => {
    expect([foldedIn(script), makesLines(script)]).toEqual([{ folded: true }, true])
  })

  it.each([
    'printf %s "alice:$A" | base64 -w0',
    'printf %s "alice:$A" | base64 -w 0',
    'printf %s "alice:$A" | base64 --wrap=0',
    'printf %s "$A" | base64 | tr -d \'\\n\'',
    'printf %s "$A" | base64 | paste -sd ""',
    'printf %s "$A" | openssl base64 -A',
    'printf %s "$A" | base64 -w0 | base64 --decode',
    'echo base64 "$A"',
  ])('is not seen in one that writes one line: %s', (script) => {
    expect([foldedIn(script), makesLines(script)]).toEqual([{}, false])
  })
})
