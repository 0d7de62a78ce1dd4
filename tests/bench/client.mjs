// One client in a process of its own: `client.mjs <clients/x.mjs> <wire> <folder to load its packages from>`. It takes one task at a time and answers with what it cost.
// A client module exports `open({ url, wire, load })`, which gives { stream(onText), generate?(), object?(onPartial) }.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const [, , file, wire, folder] = process.argv
const { open } = await import(pathToFileURL(file))
const { load } = folder ? await import(pathToFileURL(`${folder}/load.mjs`)) : { load: (name) => import(name) }

const opened = new Map()
const at = async (url) => {
  if (!opened.has(url)) opened.set(url, await open({ url, wire, load }))
  return opened.get(url)
}

async function streamOnce(client) {
  let characters = 0
  await client.stream((text) => {
    characters += text.length
  })
  return characters
}

/** Runs `once` `times` times: what each cost in microseconds, and what the last gave. */
async function cost(times, once) {
  let last
  const wallBefore = performance.now()
  const cpuBefore = process.cpuUsage()
  for (let time = 0; time < times; time++) last = await once()
  const { user, system } = process.cpuUsage(cpuBefore)
  return { cpu: (user + system) / times, wall: ((performance.now() - wallBefore) * 1_000) / times, last }
}

const tasks = {
  async stream({ url, warmUp = url, events, times, characters }) {
    await streamOnce(await at(warmUp))
    const client = await at(url)
    const { cpu, wall, last } = await cost(times, () => streamOnce(client))
    if (characters !== undefined && last !== characters) throw new Error(`read ${last} characters of ${characters}`)
    return { cpu: cpu / events, wall: wall / events, characters: last }
  },

  async generate({ url, times }) {
    const client = await at(url)
    const { cpu, wall, last } = await cost(times, () => client.generate())
    return { cpu, wall, characters: last.length }
  },

  async object({ url, times }) {
    const client = await at(url)
    let partials = 0
    const { cpu, last } = await cost(times, () => {
      partials = 0
      return client.object(() => partials++)
    })
    return { cpu, partials, characters: JSON.stringify(last).length }
  },

  /** Many answers at once, each at its own pace, in a process that did nothing else. */
  async paced({ url, warmUp, streams, events }) {
    for (let time = 0; time < 5; time++) await streamOnce(await at(warmUp))
    const client = await at(url)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const cpuBefore = process.cpuUsage()
    const before = performance.now()
    const read = await Promise.all(Array.from({ length: streams }, () => streamOnce(client)))
    const wall = performance.now() - before
    const { user, system } = process.cpuUsage(cpuBefore)
    delay.disable()
    if (new Set(read).size !== 1) throw new Error('streams of different lengths')
    return {
      cpu: (user + system) / streams / events,
      wall,
      rss: process.resourceUsage().maxRSS * 1_024,
      delay: delay.percentile(99) / 1e6,
    }
  },
}

process.on('disconnect', () => process.exit())
process.on('message', async ({ task, args }) => {
  try {
    process.send({ value: await tasks[task](args) })
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) })
  }
})
await sleep(0)
process.send({ ready: true })
