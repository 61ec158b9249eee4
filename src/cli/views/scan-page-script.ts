/**
 * The filter, and the light on what belongs together in the picture. Without it the page shows everything.
 * Rows are searched by the text that they show; ten thousand of them take no time that a person feels.
 */
export const PAGE_SCRIPT = `
'use strict'
{
  const form = document.querySelector('form')
  const fields = form.elements
  const output = form.querySelector('output')
  const plain = (text) => text.toLowerCase()
  const groups = [...document.querySelectorAll('.credential')].map((section) => ({
    section,
    heading: plain(section.querySelector('h3').textContent),
    parts: [...section.querySelectorAll('.rows')].map((part) => ({
      part,
      rows: [...part.querySelectorAll('tbody tr')].map((row) => ({ row, text: plain(row.textContent) })),
    })),
  }))
  const drawn = [...document.querySelectorAll('[data-bundles]')].map((element) => ({
    element,
    bundles: element.dataset.bundles.split(' '),
  }))
  const total = groups.reduce((sum, { parts }) => sum + parts.reduce((rows, part) => rows + part.rows.length, 0), 0)
  const number = (amount) => amount.toLocaleString('en-US')

  const fits = (row, text, heading, wanted) =>
    (wanted.kind === '' || row.dataset.kind === wanted.kind) &&
    (wanted.consumer === '' || row.dataset.consumer === wanted.consumer) &&
    (wanted.confidence === '' || row.dataset.confidence === wanted.confidence) &&
    wanted.words.every((word) => text.includes(word) || heading.includes(word))

  const filter = () => {
    const wanted = {
      kind: fields.kind.value,
      consumer: fields.consumer.value,
      confidence: fields.confidence.value,
      words: plain(fields.text.value).split(/\\s+/).filter((word) => word !== ''),
    }
    const bundles = new Set()
    let shown = 0
    for (const { section, heading, parts } of groups) {
      let here = 0
      for (const { part, rows } of parts) {
        let inPart = 0
        for (const { row, text } of rows) {
          const isShown = fits(row, text, heading, wanted)
          row.hidden = !isShown
          if (!isShown) continue
          inPart++
          bundles.add(row.dataset.bundle)
        }
        part.hidden = inPart === 0
        here += inPart
      }
      section.hidden = here === 0
      shown += here
    }
    for (const one of drawn) one.element.classList.toggle('dim', !one.bundles.some((bundle) => bundles.has(bundle)))
    output.textContent = shown === total ? 'All ' + number(total) + ' places' : number(shown) + ' of ' + number(total) + ' places'
  }

  let waiting = 0
  const soon = () => {
    clearTimeout(waiting)
    waiting = setTimeout(filter, total > 2000 ? 150 : 0)
  }
  form.hidden = false
  form.addEventListener('input', soon)
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('reset', () => setTimeout(filter))
  document.addEventListener('keydown', (event) => {
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)
    if (event.key === '/' && !inField) {
      event.preventDefault()
      fields.text.focus()
    }
    if (event.key === 'Escape' && inField) form.reset()
  })

  const light = (event) => {
    const node = event.target.closest('.node') || event.target.querySelector?.('.node')
    const bundles = node === null || node === undefined ? [] : node.dataset.bundles.split(' ')
    for (const one of drawn) one.element.classList.toggle('lit', one.bundles.some((bundle) => bundles.includes(bundle)))
  }
  const dark = () => {
    for (const one of drawn) one.element.classList.remove('lit')
  }
  const picture = document.querySelector('.picture')
  if (picture !== null) {
    for (const kind of ['mouseover', 'focusin']) picture.addEventListener(kind, light)
    for (const kind of ['mouseleave', 'focusout']) picture.addEventListener(kind, dark)
  }
  const reveal = () => {
    const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1))
    if (target === null || target.closest('[hidden]') === null) return
    form.reset()
    setTimeout(() => target.scrollIntoView())
  }
  addEventListener('hashchange', reveal)
  filter()
}
`
