import { afterAll, beforeAll, describe } from 'vitest'
import { testLearners } from './learners-suite.ts'
import { hasRedis, needsRedis, type RedisServer, startRedis } from './redis-server.ts'

describe.skipIf(!hasRedis)(
  `four processes that learn by one Redis${hasRedis ? '' : ` (skipped: ${needsRedis})`}`,
  () => {
    let server: RedisServer
    beforeAll(async () => {
      server = await startRedis()
    })
    afterAll(() => server.stop())
    testLearners(() => server.url)
  },
)
