#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { loadBundle } from '../system/cached-script.ts'

declare const KEYTURN_BUILD: string

// A scan is often over before what it needs is compiled, so it comes with its compiled code; for the rest that takes longer to read.
const bundle =
  process.argv[2] === 'scan'
    ? loadBundle(fileURLToPath(new URL(`../scan-${KEYTURN_BUILD}.cjs`, import.meta.url)))
    : undefined
const main: unknown = bundle === undefined ? undefined : Reflect.get(bundle, 'main')
if (typeof main === 'function') await main()
else await (await import('../cli/main.ts')).main()
