import { tried } from './installed.ts'

const script = "console.log(/VmData:\\s*(\\d+) kB/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1])"

/** Bytes of data that Node has before it does anything, as Linux counts them for limits: 48 MiB in Node 20, 560 MiB in Node 24, which counts room for code that it may never use. */
export async function idleNodeBytes(): Promise<number> {
  if (process.platform !== 'linux') return 0
  const { stdout } = await tried(process.execPath, ['-e', script])
  return (Number(stdout) || 1 << 20) * 1_024
}
