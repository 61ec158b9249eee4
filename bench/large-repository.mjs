// Fills a bare repository with a history whose pack has about `megabytes`: files that do not compress, and many small
// ones that do. The same seed gives the same commits.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** xorshift32: reproducible bytes, no cryptography. */
const generator = (seed) => {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const noise = (next, bytes) => {
  const words = new Uint32Array(bytes / 4)
  for (let at = 0; at < words.length; at++) words[at] = next()
  return Buffer.from(words.buffer)
}

const data = (bytes) => [`data ${bytes.length}\n`, bytes, '\n']

function* history(megabytes, seed) {
  const next = generator(seed)
  for (let number = 0; number < megabytes; number++) {
    yield `commit refs/heads/main\ncommitter Bench <bench@example.com> ${1767603600 + number} +0000\n`
    yield* data(Buffer.from(`Commit ${number}`))
    yield `M 100644 inline large/${number}.bin\n`
    yield* data(noise(next, 1024 * 1024))
    for (let file = 0; file < 40; file++) {
      const lines = Array.from({ length: 20 }, (_, line) => `line ${line} of ${next()}\n`)
      yield `M 100644 inline small/${number % 10}/${file}.txt\n`
      yield* data(Buffer.from(lines.join('')))
    }
  }
  yield 'done\n'
}

const git = async (folder, args, input) => {
  const child = spawn('git', ['-c', 'safe.directory=*', '-C', folder, ...args], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  })
  const closed = once(child, 'close')
  for (const chunk of input) if (!child.stdin.write(chunk)) await once(child.stdin, 'drain')
  child.stdin.end()
  const [code] = await closed
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`)
}

export const fillRepository = async (folder, megabytes, seed) => {
  await git(folder, ['fast-import', '--quiet', '--done', '--force'], history(megabytes, seed))
  await git(folder, ['repack', '-a', '-d', '-q'], [])
}
