import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALICE, type RoundTripStage, setRoundTripStage } from './round-trip-stage.ts'

/** What somebody meets who uses keyturn for the first time, and types what the examples say. */
let stage: RoundTripStage
const token = (): string => stage.marks['API_TOKEN'] ?? ''

beforeAll(async () => {
  stage = await setRoundTripStage('netrc')
})
afterAll(() => stage?.end())

describe('the e-mail of a new token', () => {
  it.each([
    ['as the example has it', 'E-MAIL', 2, 'it is not an e-mail address'],
    ['of somebody else', 'bob@acme.example', 3, 'Bitbucket takes it, but not under bob@acme.example'],
  ])('is refused %s, and nothing is kept', async (_, email, exitCode, because) => {
    const ended = await stage.run(['token', 'add', 'new', '--email', email], token())
    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect(ended.stderr.replaceAll(/\s+/g, ' ')).toContain(because)
    expect((await stage.run(['token', 'list'])).stdout).toContain('The vault is empty.')
  })

  it('can be given later with the same token, and is asked about', async () => {
    await stage.run(['token', 'add', 'new', '--username', ALICE.username], token())
    const again = await stage.run(['token', 'add', 'new', '--email', ALICE.email], token())
    expect(again.stdout).toContain('Bitbucket knows it.')
    const { tokens } = JSON.parse((await stage.run(['token', 'list', '--json'])).stdout)
    expect(tokens).toMatchObject([{ name: 'new', email: ALICE.email, username: ALICE.username }])
  })
})

describe('what a new token may do', () => {
  it('fits the screen, one scope a line', async () => {
    const { stdout } = await stage.run(['token', 'check'])
    expect(stdout).toContain('\n       write:repository:bitbucket\n')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
