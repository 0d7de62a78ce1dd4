// Time that passes at once: timers and `Date.now` of the process are replaced, and the clock jumps from one timer to the next.

/** Runs `work` in virtual time and gives what it gives, or rejects when nothing is left to wait for before it settles. */
export async function inVirtualTime(work) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now }
  const timers = new Timers()
  globalThis.setTimeout = (run, ms = 0, ...args) => timers.add(() => run(...args), ms)
  globalThis.clearTimeout = (timer) => timers.remove(timer)
  Date.now = () => timers.now
  try {
    let settled = false
    const result = work(() => timers.now)
    result.then(
      () => (settled = true),
      () => (settled = true),
    )
    for (;;) {
      // One turn of the loop: all that follows from the last timer has happened.
      await new Promise((resolve) => setImmediate(resolve))
      if (settled) return await result
      if (!timers.next()) throw new Error('Nothing is left to wait for, and the work is not done.')
    }
  } finally {
    globalThis.setTimeout = real.setTimeout
    globalThis.clearTimeout = real.clearTimeout
    Date.now = real.now
  }
}

/** Timers in a heap, the first to run on top; equal ones in the order in which they were set. */
class Timers {
  now = 0
  #heap = []
  #count = 0

  add(run, ms) {
    const timer = { at: this.now + Math.max(0, ms), order: this.#count++, run, unref: () => timer, ref: () => timer }
    const heap = this.#heap
    let at = heap.push(timer) - 1
    for (let parent = (at - 1) >> 1; at > 0 && before(timer, heap[parent]); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = timer
    return timer
  }

  remove(timer) {
    if (timer) timer.run = undefined
  }

  /** Runs the next timer that was not removed; false when there is none. */
  next() {
    for (;;) {
      const timer = this.#pop()
      if (!timer) return false
      if (!timer.run) continue
      this.now = timer.at
      timer.run()
      return true
    }
  }

  #pop() {
    const heap = this.#heap
    const [top] = heap
    const last = heap.pop()
    if (heap.length === 0) return top
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++
      if (before(last, heap[child])) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = last
    return top
  }
}

const before = (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order)
