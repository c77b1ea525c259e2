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
import { watchTyping } from './parts/drafts.ts'
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

watchTyping()
void readSession()
document.documentElement.lang = t('ja', 'en')
const root = document.getElementById('root')
if (root) createRoot(root).render(<Root />)
