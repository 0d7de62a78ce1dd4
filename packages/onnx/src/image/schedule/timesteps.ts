import { roundEven } from '../../runtime/round-even.ts'
import { refuseOthers, type SchedulerConfig } from './config.ts'

/** Numbers from `from` to `to`, both included. */
export const evenly = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (count === 1 ? from : from + ((to - from) * i) / (count - 1)))

/** The training steps at which the picture is looked at, from noise to picture: `steps` of `trained`. Lin et al., https://arxiv.org/abs/2305.08891, table 2. */
export function spaced(
  config: SchedulerConfig,
  trained: number,
  steps: number,
  usual: 'leading' | 'linspace',
): number[] {
  const other = usual === 'leading' ? 'linspace' : 'leading'
  refuseOthers(config, { timestep_spacing: [usual, other, 'trailing'] })
  const { timestep_spacing: spacing = usual, steps_offset: offset = 0 } = config
  if (spacing === 'linspace') return evenly(trained - 1, 0, steps)
  if (spacing === 'trailing') return trailing(trained, steps)
  const stride = Math.floor(trained / steps)
  return Array.from({ length: steps }, (_, i) => Math.min((steps - 1 - i) * stride + offset, trained - 1))
}

/** The last training step first, then evenly down. */
export const trailing = (trained: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => roundEven(trained - (i * trained) / steps) - 1)
