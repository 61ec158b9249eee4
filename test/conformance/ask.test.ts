import { expect, it } from 'vitest'
import { realAsker } from './ask.ts'

it.each([
  ['http://bitbucket.org/acme/app', 'Bearer x'],
  ['https://bitbucket.org.example.com/', 'Bearer x'],
  ['https://www.bitbucket.org/acme/app', 'Bearer x'],
  ['https://id.atlassian.com/', undefined],
  ['https://alice:secret@bitbucket.org/', undefined],
])('%s is not asked with %s', async (url, authorization) => {
  const asker = realAsker()
  await expect(asker.ask(url, authorization)).rejects.toThrow('this address is not asked')
  await asker.close()
})
