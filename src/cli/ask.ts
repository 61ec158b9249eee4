import { Failure } from '../model/failure.ts'

/** Prompts appear only where a person can answer them. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Reads a secret without showing it; from standard input where there is no terminal. */
export async function askHidden(question: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts')
  if (!canAsk())
    throw new Failure('R112', { because: 'there is no terminal to ask on', next: ['Pipe the secret in.'], exitCode: 2 })
  const answer = await password({ message: question, output: process.stderr })
  if (isCancel(answer) || answer === '') throw interrupted()
  return answer
}

/** Where nobody can be asked the answer is no: a change needs `--yes`. */
export async function askYesNo(question: string): Promise<boolean> {
  const answer = await askToGoOn(question)
  if (answer === 'interrupted') throw interrupted()
  return answer
}

/** The same in the middle of a run, which comes to its end whatever the answer is. */
export async function askToGoOn(question: string): Promise<boolean | 'interrupted'> {
  if (!canAsk()) return false
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr })
  return isCancel(answer) ? 'interrupted' : answer
}

/** Of questions that come before anything is done. */
function interrupted(): Failure {
  return new Failure('R112', {
    because: 'the prompt was left without an answer',
    state: 'Nothing was changed.',
    exitCode: 130,
  })
}

/** A line of text from the terminal, or, where there is none, from standard input. */
export async function askText(question: string, readInput: () => Promise<string>): Promise<string> {
  if (!canAsk()) return (await readInput()).trim()
  const { isCancel, text } = await import('@clack/prompts')
  const answer = await text({ message: question, output: process.stderr })
  if (isCancel(answer)) throw interrupted()
  return answer.trim()
}
