import { expect, it } from 'vitest'

it('passes', () => {})
it('passes, since it is known to fail', { fails: true }, () => expect(1).toBe(2))
it('fails', () => expect(1).toBe(2))
it.skip('is skipped', () => {})
it('finds that it has to be skipped', ({ skip }) => skip('the data is not here'))
