import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

/**
 * Bundles a program of test/ and runs it; its exit code becomes this process'. `options`: more for esbuild. The bundle lies below
 * node_modules, so that packages are found from there, under a name of its own, so that two runs do not meet; it goes when the program ends.
 */
export async function runBundle({ name, args = [], nodeArgs = [], options = {}, onExit = () => undefined }) {
  const folder = join(root, 'node_modules', '.cache', `keyturn-${name}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const bundle = join(folder, 'main.mjs')
  const { build } = await import('esbuild')
  await build({
    absWorkingDir: root,
    entryPoints: [`test/${name}/main.ts`],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
    ...options,
  })
  const child = spawn(process.execPath, [...nodeArgs, bundle, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    rmSync(folder, { recursive: true, force: true })
    onExit(code, signal)
    process.exitCode = signal === null ? (code ?? 1) : 130
  })
}
