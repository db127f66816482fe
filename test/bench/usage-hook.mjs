/** Loaded into a measured program with --import: writes its CPU time and peak memory when it ends. */
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    const usage = { cpuMs: (user + system) / 1000, maxRssMb: process.resourceUsage().maxRSS / 1024 }
    writeFileSync(process.env.CNK_BENCH_USAGE, JSON.stringify(usage))
  })
}
