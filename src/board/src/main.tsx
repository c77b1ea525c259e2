import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/screens.css'
import './styles/papers.css'
import './theme.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { App } from './app.tsx'
import { queries } from './data.ts'
import { t, useLanguage } from './i18n.ts'
import { readSession } from './session.ts'

function Root() {
  // Texts are looked up while drawing, so another language draws everything anew.
  const language = useLanguage()
  return (
    <QueryClientProvider client={queries}>
      <Router base="/board" key={language}>
        <App />
      </Router>
    </QueryClientProvider>
  )
}

const RELOADED = 'torikomi.reloaded'
// A part of an older build that the server no longer has, after an update: once, so that a broken server makes no circle.
addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem(RELOADED)) return
  sessionStorage.setItem(RELOADED, 'yes')
  location.reload()
})
addEventListener('load', () => setTimeout(() => sessionStorage.removeItem(RELOADED), 10_000))

void readSession()
document.documentElement.lang = t('ja', 'en')
const root = document.getElementById('root')
if (root) createRoot(root).render(<Root />)
