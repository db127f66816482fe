/** CPU time of one call in milliseconds, all threads of the process together: the median of several rounds. */
export async function cpuMsPerCall(call, { rounds = 7, callsPerRound = 30 } = {}) {
  for (let i = 0; i < callsPerRound; i++) await call()
  const times = []
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < callsPerRound; i++) await call()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000 / callsPerRound)
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)]
}
