import { Script } from '../cluster/redis/Script.ts';

/*
 * Documents of a collection are in a hash, `parley:store:documents:<name>`, and their keys, in order, in a sorted set,
 * `parley:store:keys:<name>`. Entries of a log are in a stream, `parley:store:log:<name>`, whose ids are the numbers, and
 * the last number is in `parley:store:seq:<name>`, counted by INCRBY. None of these expires; collections and logs have limits.
 */

/** ARGV: collection, key. */
export const GET = new Script(`
return redis.call('HGET', 'parley:store:documents:' .. ARGV[1], ARGV[2])
`);

/** Keys and values in turns. ARGV: collection, prefix, the key after which to begin or nothing, limit. */
export const LIST = new Script(`
local from = '[' .. ARGV[2]
if ARGV[3] ~= '' and ARGV[3] > ARGV[2] then from = '(' .. ARGV[3] end
local keys = redis.call('ZRANGEBYLEX', 'parley:store:keys:' .. ARGV[1], from, '(' .. ARGV[2] .. string.char(255),
  'LIMIT', 0, ARGV[4])
local answer = {}
for _, key in ipairs(keys) do
  answer[#answer + 1] = key
  answer[#answer + 1] = redis.call('HGET', 'parley:store:documents:' .. ARGV[1], key)
end
return answer
`);

/** Numbers and values in turns. ARGV: log, after, limit. */
export const READ = new Script(`
local answer = {}
local from = string.format('%.0f', tonumber(ARGV[2]) + 1)
for _, entry in ipairs(redis.call('XRANGE', 'parley:store:log:' .. ARGV[1], from, '+', 'COUNT', ARGV[3])) do
  answer[#answer + 1] = string.match(entry[1], '^%d+')
  answer[#answer + 1] = entry[2][2]
end
return answer
`);

/** ARGV: log. */
export const BOUNDS = new Script(`
local log = 'parley:store:log:' .. ARGV[1]
local first, last = redis.call('XRANGE', log, '-', '+', 'COUNT', 1), redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
if not first[1] then return {'0', '0'} end
return {string.match(first[1][1], '^%d+'), string.match(last[1][1], '^%d+')}
`);

/**
 * Makes changes, all or none.
 *
 * ARGV: changes as JSON: lists of conditions (`collection, key, text` or `collection, key` for one that is not there, or
 * `collection, prefix, count` with a number), removed (`collection, key`), put (`collection, key, text, limit`) and appended
 * (`log, text, lost, limit, greatest number seen`). Answers `full` and the collection's name, or `ok`, and for each change
 * its numbers or nothing.
 */
export const WRITE = new Script(`
local undo = {}
local function documents(name) return 'parley:store:documents:' .. name end
local function keys(name) return 'parley:store:keys:' .. name end
local function set(name, key, text)
  if text then
    redis.call('HSET', documents(name), key, text)
    redis.call('ZADD', keys(name), 0, key)
  else
    redis.call('HDEL', documents(name), key)
    redis.call('ZREM', keys(name), key)
  end
end
local function change(name, key, text)
  undo[#undo + 1] = {name, key, redis.call('HGET', documents(name), key)}
  set(name, key, text)
end
local function holds(condition)
  local name, key, is = condition[1], condition[2], condition[3]
  if type(is) == 'number' then
    return redis.call('ZLEXCOUNT', keys(name), '[' .. key, '(' .. key .. string.char(255)) == is
  end
  return redis.call('HGET', documents(name), key) == (is or false)
end
local function allHold(conditions)
  for _, condition in ipairs(conditions) do
    if not holds(condition) then return false end
  end
  return true
end
-- XTRIM knows numbers of entries, and only from Redis 6.2 on their ids.
local function trim(log, last)
  if last < 1 then return end
  repeat
    local old = redis.call('XRANGE', log, '-', string.format('%.0f', last), 'COUNT', 100)
    for _, entry in ipairs(old) do redis.call('XDEL', log, entry[1]) end
  until #old < 100
end
local made = {}
for i, it in ipairs(cjson.decode(ARGV[1])) do
  made[i] = allHold(it[1]) and it[4] or false
  if made[i] then
    for _, one in ipairs(it[2]) do change(one[1], one[2], false) end
    for _, one in ipairs(it[3]) do
      if redis.call('HEXISTS', documents(one[1]), one[2]) == 0 and redis.call('HLEN', documents(one[1])) >= one[4] then
        for j = #undo, 1, -1 do set(undo[j][1], undo[j][2], undo[j][3]) end
        return {'full', one[1]}
      end
      change(one[1], one[2], one[3])
    end
  end
end
local answer = {'ok'}
for i, entries in ipairs(made) do
  local numbers = false
  if entries then
    numbers = {}
    for j, one in ipairs(entries) do
      local counter, log = 'parley:store:seq:' .. one[1], 'parley:store:log:' .. one[1]
      if tonumber(redis.call('GET', counter) or 0) < one[5] then
        redis.call('SET', counter, string.format('%.0f', one[5]))
      end
      local seq = string.format('%.0f', redis.call('INCRBY', counter, string.format('%.0f', one[3] + 1)))
      redis.call('XADD', log, seq .. '-0', 'value', one[2])
      trim(log, tonumber(seq) - one[4])
      numbers[j] = seq
    end
  end
  answer[i + 1] = numbers
end
return answer
`);
