#!/usr/bin/env node
import { makeProgram } from './program.ts'
import { runToEnd } from './run-to-end.ts'

await runToEnd(() => makeProgram().parseAsync(process.argv))
