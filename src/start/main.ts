#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { loadBundle } from '../system/cached-script.ts'
import { rememberedScan } from './remembered-scan.ts'
import { watchOutput } from './watch-output.ts'

declare const KEYTURN_BUILD: string

async function scan(args: readonly string[]): Promise<void> {
  const { stdout, env } = process
  const remembered = rememberedScan({
    args,
    environment: env,
    workingFolder: process.cwd(),
    screen: JSON.stringify([
      stdout.isTTY === true,
      stdout.columns ?? 0,
      ...['NO_COLOR', 'FORCE_COLOR', 'TERM', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'].map((name) => env[name] ?? ''),
    ]),
    build: KEYTURN_BUILD,
    startedMs: performance.timeOrigin,
  })
  if (remembered?.printed !== undefined) {
    stdout.on('error', async (error) => (await import('../cli/run-to-end.ts')).stopAtOutput(error))
    stdout.write(remembered.printed)
    return
  }
  const printed = remembered === undefined ? undefined : watchOutput()
  await mainOfScan()
  const text = printed?.()
  if (text !== undefined && (process.exitCode ?? 0) === 0) remembered?.keep(text)
}

/** A scan is often over before what it needs is compiled, so it comes with its compiled code; for the rest that takes longer to read. */
async function mainOfScan(): Promise<void> {
  const bundle = loadBundle(fileURLToPath(new URL(`../scan-${KEYTURN_BUILD}.cjs`, import.meta.url)))
  const main: unknown = bundle === undefined ? undefined : Reflect.get(bundle, 'main')
  if (typeof main === 'function') await main()
  else await (await import('../cli/main.ts')).main()
}

if (process.argv[2] === 'scan') await scan(process.argv.slice(3))
else await (await import('../cli/main.ts')).main()
