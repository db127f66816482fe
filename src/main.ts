import { runCommandLine } from './cli/program.ts'

// Whoever read the output may go (`| head`): the work goes on, and nobody is left to be told.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

process.exitCode = await runCommandLine(process.argv.slice(2))
