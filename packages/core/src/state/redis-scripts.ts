// Texts are put together where they are used: what a module puts together on import stays in every bundle.

// One script is one transaction. Redis keeps a hash for each key: the name of a piece of time, or of a lease, to "amount:expires".

const start = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(key, name)
  local amount, expires = string.match(redis.call('HGET', key, name) or '', '^(%d+):(%d+)$')
  if amount and tonumber(expires) > now then return tonumber(amount), tonumber(expires) end
end
local function write(key, name, amount, expires)
  if amount <= 0 then return redis.call('HDEL', key, name) end
  redis.call('HSET', key, name, string.format('%.0f:%.0f', amount, expires))
  if redis.call('PTTL', key) < expires - now then redis.call('PEXPIRE', key, string.format('%.0f', expires - now)) end
end
local function place(window, piece)
  local at = math.floor(now / piece)
  return string.format('%.0f', at), (at + 1) * piece + window
end
`

/**
 * KEYS: one for each claim. ARGV: amount, limit, window, piece, lease ('' for none) of each. Gives the names under which they were granted, or { at, wait } of the first that did not fit. What would count
 * for longer than what is granted now was granted before the clock was set back: it counts as granted now.
 */
export const take = (): string => `${start}
for i, key in ipairs(KEYS) do
  local amount, limit, window, piece, lease = unpack(ARGV, i * 5 - 4, i * 5)
  local longest = window + (lease == '' and piece or 0)
  local all, counted, sum = redis.call('HGETALL', key), {}, tonumber(amount)
  for j = 1, #all, 2 do
    local had, expires = string.match(all[j + 1], '^(%d+):(%d+)$')
    had, expires = tonumber(had), tonumber(expires)
    if had and expires > now + longest then
      expires = now + longest
      write(key, all[j], had, expires)
    end
    if not had or expires <= now then redis.call('HDEL', key, all[j])
    elseif all[j] ~= lease then
      table.insert(counted, { had, expires })
      sum = sum + had
    end
  end
  local over, wait = sum - limit, 1
  if over > 0 then
    table.sort(counted, function(a, b) return a[2] < b[2] end)
    for _, one in ipairs(counted) do
      if over <= 0 then break end
      over, wait = over - one[1], one[2] - now
    end
    return { i - 1, wait }
  end
end
local names = {}
for i, key in ipairs(KEYS) do
  local amount, limit, window, piece, lease = unpack(ARGV, i * 5 - 4, i * 5)
  local name, expires = lease, now + window
  if lease == '' then name, expires = place(window, piece) end
  write(key, name, amount + (lease == '' and read(key, name) or 0), expires)
  names[i] = name
end
return { -1, unpack(names) }`

/** KEYS: one for each settlement. ARGV: name, lease ('1' or ''), by, window, piece of each. What lapsed is left alone, unless it came to more than was claimed: that counts from now on. */
export const settle = (): string => `${start}
for i, key in ipairs(KEYS) do
  local name, lease, by, window, piece = unpack(ARGV, i * 5 - 4, i * 5)
  local amount, expires = read(key, name)
  if lease == '1' then write(key, name, tonumber(by), now + window)
  elseif amount then write(key, name, amount + by, expires)
  elseif tonumber(by) > 0 then
    local current, ends = place(window, piece)
    write(key, current, by + (read(key, current) or 0), ends)
  end
end`

/** KEYS: any. Gives what counts of each. */
export const counted = (): string => `${start}
local sums = {}
for i, key in ipairs(KEYS) do
  local all, sum = redis.call('HGETALL', key), 0
  for j = 1, #all, 2 do sum = sum + (read(key, all[j]) or 0) end
  sums[i] = string.format('%.0f', sum)
end
return sums`
