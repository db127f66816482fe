/** The program. */
import { runCommandLine } from './cli/program.ts'
import { EXIT_CODES } from './errors.ts'
import { surviveClosedTerminal } from './ui/closed-terminal.ts'

surviveClosedTerminal()

let isUnwritable = false
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read the output may go (`| head`): the work goes on, and nobody is left to be told.
    if (error.code === 'EPIPE' || isUnwritable) return
    isUnwritable = true
    if (stream === process.stdout) process.stderr.write(`✖ The output can't be written: ${error.message}\n`)
    process.exitCode ||= EXIT_CODES.preflight
  })

process.exitCode = (await runCommandLine(process.argv.slice(2))) || process.exitCode
