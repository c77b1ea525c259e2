import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Builds dist. `npm i file:…` in another folder brings nobody's devDependencies, so the compiler is fetched here first. */

const cwd = fileURLToPath(new URL('.', import.meta.url))
const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', import.meta.url))
const run = (command, args, shell = false) => execFileSync(command, args, { cwd, shell, stdio: 'inherit' })

// By a shell, since Windows starts npm only that way; without scripts, or it would come back here.
if (!existsSync(compiler)) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], true)
run(process.execPath, [compiler])
