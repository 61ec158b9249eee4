import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

/** The part of playwright-core that is used here; the package is absent where the browser is. */
interface Page {
  goto(url: string): Promise<unknown>
  click(selector: string): Promise<void>
  fill(selector: string, text: string): Promise<void>
  selectOption(selector: string, value: string): Promise<unknown>
  textContent(selector: string): Promise<string | null>
  url(): string
  waitForURL(url: (url: URL) => boolean): Promise<void>
  content(): Promise<string>
  evaluate<T>(script: string): Promise<T>
  setViewportSize(size: { width: number; height: number }): Promise<void>
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
  on(event: 'console' | 'pageerror' | 'request', listener: (what: never) => void): void
  close(): Promise<void>
}

interface Browser {
  newContext(options: object): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }>
  close(): Promise<void>
}

interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> }
}

const nameOfPackage = 'playwright-core'
const playwright: Playwright | undefined = await import(nameOfPackage).catch(() => undefined)

const missing = [
  ...(chromiumPath === undefined ? ['chromium'] : []),
  ...(playwright === undefined ? ['playwright-core'] : []),
]
if (missing.length > 0) process.stderr.write(`left out: test/pages, because ${missing.join(' and ')} is missing\n`)

const launch = async (): Promise<Browser> => {
  if (playwright === undefined || chromiumPath === undefined) throw new Error('no browser')
  return playwright.chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

const curl = (args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('curl', ['--silent', '--show-error', ...args], { env: { PATH: process.env['PATH'] ?? '' } })
    let answer = ''
    child.stdout.on('data', (chunk) => {
      answer += chunk.toString('utf8')
    })
    child.on('error', reject)
    child.on('close', () => resolve(answer))
  })

const tokens = '/manage-profile/security/api-tokens'

describe.skipIf(missing.length > 0)('the pages of the sandbox in a browser', () => {
  let sandbox: Sandbox
  let browser: Browser
  let page: Page
  let closeContext: () => Promise<void>
  const complaints: string[] = []
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    sandbox = await startSandbox({ now: '2026-11-23T09:00:00Z' })
    const { world } = sandbox
    world.addUser({ username: 'alice', email: 'alice@acme.example', password: 'correct horse' })
    world.addWorkspace('acme')
    await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
    world.grant('alice', 'acme/app', 'write')
    await openPage({})
  })
  afterEach(async () => {
    await closeContext()
    await sandbox.stop()
    // Nothing is refused by the policy of the page, nothing fails, and nothing is loaded from elsewhere.
    expect(complaints.splice(0)).toEqual([])
  })

  const openPage = async (options: object): Promise<void> => {
    const context = await browser.newContext(options)
    closeContext = () => context.close()
    page = await context.newPage()
    page.on('console', (message: { text(): string }) => complaints.push(message.text()))
    page.on('pageerror', (error: Error) => complaints.push(error.message))
    page.on('request', (request: { url(): string }) => {
      if (!request.url().startsWith(sandbox.webUrl) && !request.url().startsWith('data:'))
        complaints.push(request.url())
    })
  }

  const shownToken = async (): Promise<string> => (await page.textContent('#token')) ?? ''

  const logIn = async (): Promise<void> => {
    await page.goto(sandbox.webUrl + tokens)
    await page.fill('[name=email]', 'alice@acme.example')
    await page.fill('[name=password]', 'correct horse')
    await page.click('button:has-text("Log in")')
  }

  const createByMouse = async (name: string, scopes: readonly string[]): Promise<string> => {
    await page.click('text="Create API token with scopes"')
    await page.fill('[name=name]', name)
    await page.fill('[name=expires]', '2026-12-05')
    await page.click('text="Bitbucket"')
    await page.click('text="Next"')
    for (const scope of scopes) await page.click(`text="${scope}"`)
    await page.click('text="Create token"')
    return shownToken()
  }

  it('a token made with the mouse works in curl, and the page says why each request was answered so', async () => {
    await logIn()
    const token = await createByMouse('CI', ['read:user:bitbucket', 'read:repository:bitbucket'])
    await page.click('text="Done"')
    expect(await page.content()).not.toContain(token)
    const status = ['--output', '/dev/null', '--write-out', '%{http_code}']
    const user = [...status, `${sandbox.webUrl}/2.0/user`]
    expect(await curl(['--user', `alice@acme.example:${token}`, ...user])).toBe('200')
    expect(await curl(['--user', `alice:${token}`, ...user])).toBe('401')
    await page.click('text="What happened"')
    await page.selectOption('[name=host]', 'api.bitbucket.org')
    await page.click('text="Show"')
    expect(await page.textContent('.requests li:nth-child(1) p:nth-of-type(2)')).toContain('not with alice')
    expect(await page.textContent('.requests li:nth-child(2) .tag')).toBe('200')
    expect(await page.textContent('#credentials tbody tr')).toContain('expires in 11 days')
    expect(await page.content()).not.toContain(token)
    await page.click('text="+ 30 days"')
    expect(await page.textContent('#clock time')).toBe('2026-12-23 09:00:00 UTC')
    expect(await page.textContent('#credentials tbody tr')).toContain('expired 2026-12-05')
    expect(await curl(['--user', `alice@acme.example:${token}`, ...user])).toBe('401')
  })

  /** Presses Tab until the element is reached, as a person without a mouse does. */
  const tabTo = async (selector: string): Promise<void> => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
    }
    throw new Error(`Tab does not reach ${selector}`)
  }

  /** Presses Enter, and waits for the page it leads to. */
  const enterTo = async (path: string): Promise<void> => {
    await Promise.all([page.waitForURL((url) => url.pathname.startsWith(path)), page.keyboard.press('Enter')])
  }

  it('a token is made, and the clock moved, with the keyboard alone and without scripts', async () => {
    await closeContext()
    await openPage({ javaScriptEnabled: false })
    await page.goto(sandbox.webUrl + tokens)
    await tabTo('[name=email]')
    await page.keyboard.type('alice@acme.example')
    await tabTo('[name=password]')
    await page.keyboard.type('correct horse')
    await enterTo(tokens)
    await tabTo(`a[href="${tokens}/create-with-scopes"]`)
    await enterTo(`${tokens}/create-with-scopes`)
    await tabTo('[name=name]')
    await page.keyboard.type('by keyboard')
    await tabTo('[name=app]')
    await page.keyboard.press('Space')
    await tabTo('main button')
    await enterTo(`${tokens}/create-with-scopes/scopes`)
    await tabTo('[value="read:repository:bitbucket"]')
    await page.keyboard.press('Space')
    await tabTo('main button')
    await enterTo(`${tokens}/created/`)
    const token = await shownToken()
    const repository = await fetch(`${sandbox.webUrl}/2.0/repositories/acme/app`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(repository.status).toBe(200)
    await page.goto(`${sandbox.webUrl}/_sandbox/`)
    await tabTo('[name=advanceSeconds][value="86400"]')
    await Promise.all([page.waitForURL(({ hash }) => hash === '#clock'), page.keyboard.press('Enter')])
    expect([page.url(), sandbox.world.now().toISOString()]).toEqual([
      `${sandbox.webUrl}/_sandbox/#clock`,
      '2026-11-24T09:00:00.000Z',
    ])
  })

  it('every focus is seen', async () => {
    await page.goto(`${sandbox.webUrl}/_sandbox/`)
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab')
      const outline = 'getComputedStyle(document.activeElement).outlineStyle + document.activeElement.tagName'
      expect(await page.evaluate<string>(outline)).toMatch(/^solid(A|BUTTON|INPUT|SELECT|SUMMARY)$/)
    }
  })

  it.each([1280, 390])('no page is wider than a screen of %i pixels', async (width) => {
    sandbox.world.addUser({ username: 'x'.repeat(80), email: `${'y'.repeat(120)}@example.com` })
    sandbox.world.addApiToken('alice', { name: 'z'.repeat(200) })
    await fetch(`${sandbox.webUrl}/2.0/${'long/'.repeat(200)}`)
    await page.setViewportSize({ width, height: 900 })
    await logIn()
    const widthOf = async (path: string): Promise<number> => {
      await page.goto(sandbox.webUrl + path)
      return page.evaluate<number>('document.documentElement.scrollWidth')
    }
    const scopes = `${tokens}/create-with-scopes/scopes?name=a&expires=2026-12-05&app=bitbucket`
    for (const path of ['/_sandbox/', tokens, `${tokens}/create-with-scopes`, scopes]) {
      expect([path, await widthOf(path)]).toEqual([path, width])
    }
  })

  it('hostile names are text, and no script of theirs runs', async () => {
    const hostile = '</td><img src=x onerror="document.title=1"><script>document.title=2</script>'
    sandbox.world.addUser({ username: 'mallory', email: `${hostile}@example.com`, displayName: hostile })
    sandbox.world.addApiToken('alice', { name: hostile })
    await fetch(`${sandbox.webUrl}/2.0/user`, {
      headers: { authorization: `Basic ${Buffer.from(`${hostile}:x`).toString('base64')}` },
    })
    await page.goto(`${sandbox.webUrl}/_sandbox/`)
    expect(await page.evaluate<string>('document.title')).toBe('What happened · sandbox')
    expect(await page.evaluate<number>('document.querySelectorAll("img, script").length')).toBe(0)
    await logIn()
    expect(await page.textContent('tbody tr td')).toBe(hostile)
  })
})

describe('what the pages need', () => {
  it('curl is there', () => {
    expect(spawnSync('curl', ['--version']).status).toBe(0)
  })
})
