import { Script } from './Script.ts';

/*
 * Everything that is done in Redis, each step at once and undivided. Keys:
 *
 *   parley:run           id of the Redis process that the rest is known to have lived through
 *   parley:nodes         hash, node -> "<beat> <version> <ms>": its last sign of life, by Redis's clock
 *   parley:node:<id>     hash: what the node says of itself (info), the generation of its inbox, how many messages were
 *                        put into it (added), as many as Redis remembered after a restart (kept), and the number of the
 *                        last message that the node sent (sent). A node without it is none.
 *   parley:inbox:<id>    stream with ids <generation>-<number>, numbered without a gap
 *   parley:room:<name>   hash: the nodes that have peers in the room
 *   parley:lease:<name>  hash: owner and token
 *   parley:fence         the last fencing token
 *
 * The keys are not declared, because which inboxes a message goes to is found out inside: so this is for one Redis (with
 * or without replicas), not for Redis Cluster.
 */

/** Puts a message into an inbox. What does not change within a script is looked up once; `keepInboxes` comes last. */
const DELIVER = `
local generations = {}
local function deliver(to, from, room, seq, body, limit)
  local node = 'parley:node:' .. to
  local generation = generations[to]
  if generation == nil then
    generation = redis.call('HGET', node, 'generation')
    generations[to] = generation
  end
  if not generation then return 0 end
  local inbox = 'parley:inbox:' .. to
  local number = redis.call('HINCRBY', node, 'added', 1)
  redis.call('XADD', inbox, 'MAXLEN', '~', limit, generation .. '-' .. number,
    'from', from, 'seq', seq, 'room', room, 'body', body)
  return 1
end
local function keepInboxes(keep)
  for to, generation in pairs(generations) do
    if generation then redis.call('PEXPIRE', 'parley:inbox:' .. to, keep) end
  end
end
`;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Takes note that Redis started anew, once per start. What it restored may be older than what the nodes have seen, so how
 * far each inbox had come is kept for its owner to compare, before anything is added to it.
 *
 * ARGV: run id, keep.
 */
export const NEW_RUN = new Script(`
if redis.call('GET', 'parley:run') ~= ARGV[1] then
  redis.call('SET', 'parley:run', ARGV[1], 'PX', ARGV[2])
  for _, id in ipairs(redis.call('HKEYS', 'parley:nodes')) do
    local node = 'parley:node:' .. id
    local added = redis.call('HGET', node, 'added')
    if added then redis.call('HSET', node, 'kept', added) end
  end
end
return 1
`);

/**
 * A sign of life, which tells those of the others.
 *
 * ARGV: node, run id, beat and version, info or nothing, generation, messages read, messages sent, keep.
 * Answers `restarted` (see NEW_RUN), `unknown` (nothing of this node is left), `lost` (Redis forgot messages: of those
 * that were read, or of those that were sent), or `ok`, now, and node and sign of life in turns.
 */
export const BEAT_SCRIPT = new Script(`
local node = 'parley:node:' .. ARGV[1]
if redis.call('GET', 'parley:run') ~= ARGV[2] then return {'restarted'} end
local found = redis.call('HMGET', node, 'generation', 'kept', 'sent')
if not found[1] then return {'unknown'} end
if found[1] ~= ARGV[5] then return {'lost'} end
if found[2] and tonumber(found[2]) < tonumber(ARGV[6]) then return {'lost'} end
if tonumber(found[3]) < tonumber(ARGV[7]) then return {'lost'} end
${NOW}
redis.call('HDEL', node, 'kept')
redis.call('HSET', 'parley:nodes', ARGV[1], ARGV[3] .. ' ' .. string.format('%.0f', now))
if ARGV[4] ~= '' then redis.call('HSET', node, 'info', ARGV[4]) end
redis.call('PEXPIRE', node, ARGV[8])
redis.call('PEXPIRE', 'parley:nodes', ARGV[8])
redis.call('PEXPIRE', 'parley:run', ARGV[8])
redis.call('PEXPIRE', 'parley:inbox:' .. ARGV[1], ARGV[8])
local answer = {'ok', string.format('%.0f', now)}
for _, field in ipairs(redis.call('HGETALL', 'parley:nodes')) do answer[#answer + 1] = field end
return answer
`);

/**
 * Makes a node known, with an empty inbox; answers the inbox's generation, which only grows.
 *
 * ARGV: node, beat and version, info, last generation, messages sent, keep.
 */
export const ANNOUNCE = new Script(`
${NOW}
local node = 'parley:node:' .. ARGV[1]
local last = math.max(tonumber(redis.call('HGET', node, 'generation') or 0), tonumber(ARGV[4]))
local generation = string.format('%.0f', math.max(now, last + 1))
redis.call('DEL', node, 'parley:inbox:' .. ARGV[1])
redis.call('HSET', node, 'info', ARGV[3], 'generation', generation, 'added', 0, 'sent', ARGV[5])
redis.call('HSET', 'parley:nodes', ARGV[1], ARGV[2] .. ' ' .. string.format('%.0f', now))
redis.call('PEXPIRE', node, ARGV[6])
redis.call('PEXPIRE', 'parley:nodes', ARGV[6])
return generation
`);

/** What nodes say of themselves; nothing for one that is gone. ARGV: nodes. */
export const INFOS = new Script(`
local infos = {}
for i, id in ipairs(ARGV) do infos[i] = redis.call('HGET', 'parley:node:' .. id, 'info') or '' end
return infos
`);

/**
 * Takes away a node that gives no sign of life. Answers 0 when it has given one meanwhile, and 1 when it is gone.
 *
 * ARGV: node, its last sign of life that was seen.
 */
export const BURY = new Script(`
local sign = redis.call('HGET', 'parley:nodes', ARGV[1])
if sign and sign ~= ARGV[2] then return 0 end
redis.call('DEL', 'parley:node:' .. ARGV[1], 'parley:inbox:' .. ARGV[1])
redis.call('HDEL', 'parley:nodes', ARGV[1])
return 1
`);

/**
 * Sends, enters and leaves, in order.
 *
 * ARGV: node, run id, length of an inbox, keep, number of the last message, then kind, target, number and body of each:
 * `node` (to one), `nodes` (to all others), `room` (to its other members), `enter` and `leave` (of a room; its other
 * members get the body, and who enters gets the members through its own inbox, in order with all that follows).
 * Answers `restarted`, `unknown`, or `ok` and to how many each was delivered.
 */
export const POST = new Script(`
local me, run, limit, keep, last = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('GET', 'parley:run') ~= run then return {'restarted'} end
if redis.call('EXISTS', 'parley:node:' .. me) == 0 then return {'unknown'} end
${DELIVER}
local members = {}
local function others(room)
  if members[room] then return members[room] end
  local found = {}
  for _, id in ipairs(redis.call('HKEYS', room)) do
    if redis.call('EXISTS', 'parley:node:' .. id) == 0 then redis.call('HDEL', room, id)
    elseif id ~= me then found[#found + 1] = id end
  end
  members[room] = found
  return found
end
local answer = {'ok'}
for i = 6, #ARGV, 4 do
  local kind, target, seq, body = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local room, name, to = 'parley:room:' .. target, target, {}
  if kind == 'node' then
    name, to = '', {target}
  elseif kind == 'nodes' then
    name = ''
    for _, id in ipairs(redis.call('HKEYS', 'parley:nodes')) do
      if id ~= me then to[#to + 1] = id end
    end
  else
    to = others(room)
  end
  if kind == 'enter' then
    redis.call('HSET', room, me, 1)
    redis.call('PEXPIRE', room, keep)
    local infos = {}
    for _, id in ipairs(to) do infos[#infos + 1] = redis.call('HGET', 'parley:node:' .. id, 'info') end
    deliver(me, me, target, seq, '{"kind":"entered","members":[' .. table.concat(infos, ',') .. ']}', limit)
  elseif kind == 'leave' then
    redis.call('HDEL', room, me)
  end
  local delivered = 0
  for _, id in ipairs(to) do delivered = delivered + deliver(id, me, name, seq, body, limit) end
  answer[#answer + 1] = delivered
end
keepInboxes(keep)
redis.call('HSET', 'parley:node:' .. me, 'sent', last)
return answer
`);

/** Keeps rooms for longer; answers those in which the node is not registered any more. ARGV: node, keep, rooms. */
export const RENEW_ROOMS = new Script(`
local missing = {}
for i = 3, #ARGV do
  local room = 'parley:room:' .. ARGV[i]
  if redis.call('HEXISTS', room, ARGV[1]) == 0 then missing[#missing + 1] = ARGV[i]
  else redis.call('PEXPIRE', room, ARGV[2]) end
end
return missing
`);

/** The nodes that have peers in a room, and are there. ARGV: room. */
export const LOCATE = new Script(`
local found = {}
for _, id in ipairs(redis.call('HKEYS', 'parley:room:' .. ARGV[1])) do
  if redis.call('EXISTS', 'parley:node:' .. id) == 1 then found[#found + 1] = id end
end
return found
`);

/** Takes this node away, and tells the others. ARGV: node, number of the message, body, length, keep, rooms. */
export const LEAVE = new Script(`
${DELIVER}
for i = 6, #ARGV do redis.call('HDEL', 'parley:room:' .. ARGV[i], ARGV[1]) end
redis.call('HDEL', 'parley:nodes', ARGV[1])
redis.call('DEL', 'parley:node:' .. ARGV[1], 'parley:inbox:' .. ARGV[1])
for _, id in ipairs(redis.call('HKEYS', 'parley:nodes')) do
  deliver(id, ARGV[1], '', ARGV[2], ARGV[3], ARGV[4])
end
keepInboxes(ARGV[5])
return 1
`);

/**
 * Takes a lease that nobody else has. Its token is greater than all before: the counter sees to that, after a FLUSHALL the
 * clock (µs, so that no counter overtakes it), and with a clock that was put back what the node has seen itself.
 *
 * ARGV: name, node, ttl, greatest token seen, keep. Answers the token, or nothing.
 */
export const ACQUIRE_LEASE = new Script(`
local lease = 'parley:lease:' .. ARGV[1]
local owner = redis.call('HGET', lease, 'owner')
if owner and owner ~= ARGV[2] then return '' end
local time = redis.call('TIME')
local last = math.max(tonumber(redis.call('GET', 'parley:fence') or 0), tonumber(ARGV[4]))
local token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], last + 1))
redis.call('SET', 'parley:fence', token, 'PX', ARGV[5])
redis.call('HSET', lease, 'owner', ARGV[2], 'token', token)
redis.call('PEXPIRE', lease, ARGV[3])
return token
`);

/** Answers whether the lease is still that of the token. ARGV: name, token, ttl, keep. */
export const RENEW_LEASE = new Script(`
local lease = 'parley:lease:' .. ARGV[1]
if redis.call('HGET', lease, 'token') == ARGV[2] then return redis.call('PEXPIRE', lease, ARGV[3]) end
if tonumber(redis.call('GET', 'parley:fence') or 0) < tonumber(ARGV[2]) then
  redis.call('SET', 'parley:fence', ARGV[2], 'PX', ARGV[4])
end
return 0
`);

/** ARGV: name, token. */
export const RELEASE_LEASE = new Script(`
local lease = 'parley:lease:' .. ARGV[1]
if redis.call('HGET', lease, 'token') == ARGV[2] then return redis.call('DEL', lease) end
return 0
`);
