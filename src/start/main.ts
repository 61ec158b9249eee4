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
  await withCompiledCode()
  const text = printed?.()
  if (text !== undefined && (process.exitCode ?? 0) === 0) remembered?.keep(text)
}

/** A command is often over before what it needs is compiled, so it comes with its compiled code. */
async function withCompiledCode(): Promise<void> {
  const bundle = loadBundle(fileURLToPath(new URL(`../keyturn-${KEYTURN_BUILD}.cjs`, import.meta.url)))
  const main: unknown = bundle === undefined ? undefined : Reflect.get(bundle, 'main')
  if (typeof main === 'function') await main()
  else await asModules()
}

async function asModules(): Promise<void> {
  await (await import('../cli/main.ts')).main()
}

/** These need so little that reading the compiled code would take longer. */
const SMALL: ReadonlySet<string> = new Set(['', '--help', '-h', '--version', '-V'])

const [command = '', ...others] = process.argv.slice(2)
if (command === 'scan') await scan(others)
else if (SMALL.has(command)) await asModules()
else await withCompiledCode()
