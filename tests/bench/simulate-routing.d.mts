export const strategies: readonly string[]

export interface Figures {
  readonly calls: number
  readonly errorRate: number
  readonly p50: number
  readonly p99: number
  readonly costPer1000: number
}

export function simulate(options: {
  readonly strategy: string
  readonly minutes: number
  readonly attempts: number
  readonly seed?: number
}): Promise<Figures>
