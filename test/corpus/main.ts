import { makeCorpus, writeCorpus } from './generate.ts'

function main(args: readonly string[]): void {
  const at = args.indexOf('--seed')
  const seed = at < 0 ? '1' : args[at + 1]
  const [folder, ...rest] = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)]
  if (folder === undefined || folder.startsWith('-') || rest.length > 0 || seed === undefined) {
    process.stderr.write('usage: npm run corpus -- [--seed WORD] FOLDER\n')
    process.exitCode = 2
    return
  }
  const corpus = makeCorpus(seed)
  writeCorpus(corpus, folder)
  const { files, truths, lookalikes } = corpus
  process.stdout.write(
    `${files.length} files, ${truths.length} true places, ${lookalikes.length} look-alikes in ${folder}\n`,
  )
}

main(process.argv.slice(2))
