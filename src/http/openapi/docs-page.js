// The script of /docs: searches the operations, and shows an opened one in Swagger UI.
const ui = document.body.dataset.ui
const operations = [...document.querySelectorAll('.operation')]
let bundle

function loadBundle() {
  bundle ??= new Promise((resolve, reject) => {
    const style = Object.assign(document.createElement('link'), {
      rel: 'stylesheet',
      href: `${ui}/swagger-ui.css`,
    })
    const script = document.createElement('script')
    Object.assign(script, { src: `${ui}/swagger-ui-bundle.js`, onload: resolve, onerror: reject })
    document.head.append(style, script)
  })
  return bundle
}

/** A call in each language, closed; the browser keeps one open at a time. */
function samplesOf(spec) {
  const box = Object.assign(document.createElement('section'), { className: 'samples' })
  const [operation] = Object.values(spec.paths).flatMap((methods) => Object.values(methods))
  for (const { lang, source } of operation['x-codeSamples'] ?? []) {
    const one = Object.assign(document.createElement('details'), { name: `sample-${operation.operationId}` })
    const title = Object.assign(document.createElement('summary'), { textContent: lang })
    one.append(title, Object.assign(document.createElement('pre'), { textContent: source }))
    box.append(one)
  }
  return box
}

async function show(row) {
  if (!row.open || row.dataset.shown) return
  row.dataset.shown = 'true'
  const place = document.createElement('div')
  row.append(place)
  try {
    const [answer] = await Promise.all([fetch(`/docs/operations/${row.id}`), loadBundle()])
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    const spec = await answer.json()
    row.append(samplesOf(spec))
    window.SwaggerUIBundle({
      domNode: place,
      spec,
      layout: 'BaseLayout',
      docExpansion: 'full',
      defaultModelsExpandDepth: -1,
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
    })
  } catch (error) {
    delete row.dataset.shown
    bundle = undefined
    place.textContent = `読み込めませんでした。閉じてからもう一度開いてください。(${error.message ?? 'network'})`
    row.addEventListener('toggle', () => place.remove(), { once: true })
  }
}

function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  for (const row of operations) row.hidden = !words.every((word) => row.dataset.text.includes(word))
  for (const tag of document.querySelectorAll('.tag')) {
    const found = tag.querySelectorAll('.operation:not([hidden])').length
    tag.hidden = found === 0
    tag.open = words.length > 0 && found > 0
  }
  document.getElementById('none').hidden = operations.some((row) => !row.hidden)
}

for (const row of operations) row.addEventListener('toggle', () => show(row))
document.getElementById('search').addEventListener('input', (event) => search(event.target.value))

const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)))
if (wanted?.matches('.operation')) {
  wanted.closest('.tag').open = true
  wanted.open = true
  wanted.scrollIntoView()
}
