import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scanPage } from '../../src/cli/views/scan-page.ts'
import type { Inventory } from '../../src/model/inventory.ts'
import { aMachine, madeInventory, manyPlaces, use } from '../support/made-inventory.ts'

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

/** The part of playwright-core that is used here; the package is absent where the browser is. */
interface Page {
  goto(url: string): Promise<unknown>
  click(selector: string): Promise<void>
  fill(selector: string, text: string): Promise<void>
  hover(selector: string): Promise<void>
  selectOption(selector: string, value: string): Promise<unknown>
  textContent(selector: string): Promise<string | null>
  evaluate<T>(script: string): Promise<T>
  setViewportSize(size: { width: number; height: number }): Promise<void>
  screenshot(options: object): Promise<unknown>
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
  on(event: 'console' | 'pageerror' | 'request', listener: (what: never) => void): void
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
if (missing.length > 0)
  process.stderr.write(`left out: the page of a scan, because ${missing.join(' and ')} is missing\n`)

/** `KEYTURN_SCREENSHOTS=FOLDER` keeps what the browser shows, to be looked at. */
const screenshots = process.env['KEYTURN_SCREENSHOTS']

const launch = async (): Promise<Browser> => {
  if (playwright === undefined || chromiumPath === undefined) throw new Error('no browser')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
  return playwright.chromium.launch({ executablePath: chromiumPath, args })
}

const SHOWN_ROWS = `document.querySelectorAll('.places tbody tr:not([hidden])').length`
const DIM_BOXES = `document.querySelectorAll('.picture .node.dim').length`

describe.skipIf(missing.length > 0)('the page of a scan, opened from a disk', () => {
  let browser: Browser
  let page: Page
  let folder = ''
  let closeContext: () => Promise<void>
  const complaints: string[] = []
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-page-'))
    await newContext({})
  })
  afterEach(async () => {
    await closeContext()
    rmSync(folder, { recursive: true, force: true })
    // Nothing is refused by the policy of the page, nothing fails, and nothing is loaded from elsewhere.
    expect(complaints.splice(0)).toEqual([])
  })

  const newContext = async (options: object): Promise<void> => {
    const context = await browser.newContext(options)
    closeContext = () => context.close()
    page = await context.newPage()
    page.on('console', (message: { text(): string }) => complaints.push(message.text()))
    page.on('pageerror', (error: Error) => complaints.push(error.message))
    page.on('request', (request: { url(): string }) => {
      if (!request.url().startsWith(pathToFileURL(folder).href) && request.url() !== 'data:,')
        complaints.push(request.url())
    })
  }

  const open = async (inventory: Inventory, hash = ''): Promise<void> => {
    const file = join(folder, 'page.html')
    writeFileSync(file, scanPage({ inventory }))
    await page.goto(`${pathToFileURL(file).href}${hash}`)
  }

  const keepScreenshot = async (name: string): Promise<void> => {
    if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
  }

  /** Asks until the filter has said how much it shows. The page lets no code in that a browser would wait with. */
  const shows = async (words: string): Promise<void> => {
    const said = `document.querySelector('output').textContent`
    await expect.poll(() => page.evaluate<string>(said), { timeout: 10_000 }).toBe(words)
  }

  it('filters by text, kind, consumer and confidence, and dims the rest of the picture', async () => {
    await open(aMachine())
    await keepScreenshot('all')
    await shows('All 6 places')
    await page.fill('[name=text]', 'ALICE web')
    await shows('1 of 6 places')
    expect(await page.textContent('.places tbody tr:not([hidden])')).toContain('clones/web/.git/config:7')
    // Its secret, itself and its repository are bright; five places, three secrets and three uses are not.
    expect(await page.evaluate<number>(DIM_BOXES)).toBe(11)
    await keepScreenshot('filtered')
    await page.click('text="Show all"')
    await shows('All 6 places')
    expect(await page.evaluate<number>(DIM_BOXES)).toBe(0)
    await page.selectOption('[name=kind]', 'app-password')
    await shows('3 of 6 places')
    await page.selectOption('[name=consumer]', 'netrc')
    await shows('1 of 6 places')
    await page.click('text="Show all"')
    await page.selectOption('[name=confidence]', 'likely')
    await shows('1 of 6 places')
  })

  it('shows in the picture what belongs together', async () => {
    await open(aMachine())
    await page.hover('.picture a[href="#p0000000002"] .node')
    const lit = `[...document.querySelectorAll('.node.lit title')].map((title) => title.textContent)`
    expect(await page.evaluate<readonly string[]>(lit)).toEqual([
      expect.stringMatching(/^app password, alice, #[0-9a-f]{12}$/),
      'clones/web/.git/config:7, git-config remote.origin.url',
      'acme/web, git fetch, git push',
    ])
    await keepScreenshot('lit')
  })

  it('can be used with the keyboard alone', async () => {
    await open(aMachine())
    await page.keyboard.press('/')
    await page.keyboard.type('docs')
    await shows('1 of 6 places')
    await page.keyboard.press('Escape')
    await shows('All 6 places')
    await page.evaluate('document.activeElement.blur()')
    const focused = new Set<string>()
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press('Tab')
      focused.add(
        await page.evaluate<string>(
          `document.activeElement.getAttribute('href') ?? document.activeElement.name ?? document.activeElement.className`,
        ),
      )
    }
    expect([...focused]).toEqual(expect.arrayContaining(['#list', 'picture', '#c1', '#p0000000000', 'text', 'kind']))
  })

  it('a box leads to its row, also where the filter hides it', async () => {
    await open(aMachine())
    await page.fill('[name=text]', 'docs')
    await shows('1 of 6 places')
    await page.evaluate(`document.querySelector('.picture a[href="#p0000000000"]').focus()`)
    await page.keyboard.press('Enter')
    await shows('All 6 places')
    expect(await page.evaluate<string>(`document.querySelector(':target').id`)).toBe('p0000000000')
  })

  it.each(['light', 'dark'])('can be read in %s colours', async (colorScheme) => {
    await closeContext()
    await newContext({ colorScheme })
    await open(aMachine())
    await keepScreenshot(colorScheme)
    const contrast = await page.evaluate<readonly (readonly [string, number])[]>(CONTRAST)
    expect(contrast.length).toBeGreaterThan(50)
    expect(contrast.filter(([, ratio]) => ratio < 4.5)).toEqual([])
  })

  it('says everything without a script', async () => {
    await closeContext()
    await newContext({ javaScriptEnabled: false })
    await open(aMachine())
    await keepScreenshot('without-script')
    const text = (await page.textContent('main')) ?? ''
    for (const words of ['.git-credentials:1', '? likely', 'encrypted with a key', 'acme/attic'])
      expect(text).toContain(words)
    expect(await page.textContent('svg')).toContain('acme/infrastructure')
  })

  it.each([1280, 390])('is no wider than a screen of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    const long = 'x'.repeat(300)
    const { places } = madeInventory([
      { path: long, secret: 's', username: long, uses: [use('rest', `${long}/${long}`)] },
    ])
    await open({ ...aMachine(), places: [...aMachine().places, ...places] })
    await keepScreenshot(`width-${width}`)
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width)
  })

  it('hostile names are text, and no script of theirs runs', async () => {
    const hostile = `</title></style></script><script>document.title=1</script><img src=x onerror="document.title=2">"'&\u202e\u0000`
    const shown = hostile.replace('\u202e\u0000', '\ufffd\ufffd')
    await open(
      madeInventory(
        [
          {
            path: hostile,
            secret: 's',
            username: hostile,
            consumer: hostile,
            address: hostile,
            confidence: { level: 'likely', reason: hostile },
            uses: [use('rest', `${hostile}/${hostile}`)],
          },
        ],
        { sources: [`/srv/home`, hostile], unread: [{ at: hostile, reason: 'malformed', detail: hostile }] },
      ),
    )
    expect(await page.evaluate<string>('document.title')).toBe('Bitbucket credentials: 1 credential in 1 place')
    expect(await page.evaluate<number>('document.querySelectorAll("img, script:not(body > script)").length')).toBe(0)
    expect(await page.textContent('.places tbody td small')).toBe(shown)
  })

  it('a script that got into the page would not run', async () => {
    const file = join(folder, 'page.html')
    const broken = scanPage({ inventory: aMachine() }).replace('<main>', '<main><script>document.title="run"</script>')
    writeFileSync(file, broken)
    await page.goto(pathToFileURL(file).href)
    expect(await page.evaluate<string>('document.title')).not.toBe('run')
    expect(complaints.splice(0).join()).toContain('Content Security Policy')
  })

  it('stays quick with ten thousand places', async () => {
    const started = performance.now()
    await open(madeInventory(manyPlaces(10_000)))
    await shows('All 10,000 places')
    expect(performance.now() - started).toBeLessThan(15_000)
    const filtered = performance.now()
    await page.fill('[name=text]', 'service-4999/')
    await shows('1 of 10,000 places')
    expect(performance.now() - filtered).toBeLessThan(5_000)
    expect(await page.evaluate<number>(SHOWN_ROWS)).toBe(1)
    expect(await page.evaluate<number>(`document.querySelectorAll('.picture .node').length`)).toBeLessThan(80)
  })
})

/** Text and its contrast with what stands behind it, by the formula of WCAG 2.2; the picture is measured by its fills. */
const CONTRAST = `(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const isClear = (colour) => colour === 'none' || (numbers(colour).length === 4 && numbers(colour)[3] === 0)
  const behind = (element) => {
    const box = element.closest('.node')?.querySelector('.box')
    if (box) return getComputedStyle(box).fill
    for (let one = element; one !== null; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor
      if (!isClear(colour)) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  const found = []
  for (const element of document.querySelectorAll('h1, h2, h3, p, td, th, small, code, span, a, label, output, button, svg text')) {
    if (element.closest('svg') !== null && element.tagName !== 'text') continue
    const style = getComputedStyle(element)
    const [ink, paper] = [light(element.closest('svg') ? style.fill : style.color), light(behind(element))]
    found.push([element.textContent.trim().slice(0, 40), (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)])
  }
  return found
})()`
