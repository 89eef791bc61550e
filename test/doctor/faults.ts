import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { FindingStatus } from '../../src/doctor/finding.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { makeCertificate } from '../support/certificates.ts';
import { Coturn } from '../support/coturn.ts';
import type { DoctorRun } from '../support/doctorCommand.ts';
import { startProxy } from '../support/reverseProxy.ts';
import { RedisServer } from '../support/redisServer.ts';
import type { Ward } from './Ward.ts';

/** Something that is made wrong, and what the doctor has to say of it. */
export interface Fault {
  /** As the documentation has it. */
  name: string;
  check: string;
  status: FindingStatus;
  /** Part of its text. */
  says: RegExp;
  /** Of the setting or command that mends it. */
  mend: RegExp;
  /** Makes it wrong; what is resolved with is how the doctor is called. */
  inject: (ward: Ward) => Promise<DoctorRun> | DoctorRun;
}

const fault = (
  name: string,
  check: string,
  [says, mend]: readonly [RegExp, RegExp],
  inject: Fault['inject'],
  status: FindingStatus = 'fault',
): Fault => ({ name, check, status, says, mend, inject });

/** A server in the network, looked at by another host. */
const fromOutside = (ward: Ward): DoctorRun => ({ host: ward.client, args: ['--url', ward.url] });

const withTurn = async (ward: Ward, turn: Coturn, login = {}): Promise<DoctorRun> => ({
  env: { ...(await ward.loopback()), PARLEY_ICE_SERVERS: JSON.stringify(turn.iceServers(login)) },
});

/** A server on the loopback interface behind a proxy, by whose URL the doctor asks. */
async function behindProxy(ward: Ward, options: Parameters<typeof startProxy>[1]): Promise<DoctorRun> {
  const env = await ward.loopback();
  const { url } = await ward.start(env);
  const proxy = await startProxy(url, options);
  ward.later(proxy.close);
  return { env, args: ['--url', proxy.url] };
}

export const FAULTS: readonly Fault[] = [
  fault(
    'an announced address that nobody has',
    'addresses',
    [/10\.213\.0\.99 is announced, is no address of this machine/, /PARLEY_ANNOUNCED_ADDRESS/],
    async (ward) => {
      const env = { ...ward.inNetwork, PARLEY_ANNOUNCED_ADDRESS: '10.213.0.99' };
      await ward.start(env, ward.server);
      return { env, host: ward.server };
    },
  ),
  fault(
    'an announced name that leads nowhere',
    'addresses',
    [/name nowhere\.invalid leads to no address/, /DNS/],
    async (ward) => ({ env: { ...(await ward.loopback()), PARLEY_ANNOUNCED_ADDRESS: 'nowhere.invalid' } }),
  ),
  fault(
    'the loopback address announced to other machines',
    'addresses',
    [/other machines are told 127\.0\.0\.1/, /PARLEY_ANNOUNCED_ADDRESS/],
    (ward) => ({
      env: { ...ward.inNetwork, PARLEY_ANNOUNCED_ADDRESS: '127.0.0.1' },
      host: ward.server,
    }),
  ),
  fault(
    'a private address announced, with a public URL',
    'addresses',
    [/public URL and are told 10\.213\.0\.1/, /public@local/],
    (ward) => {
      const env = { ...ward.inNetwork, PARLEY_PUBLIC_URL: 'https://203.0.113.7', PARLEY_API_KEY: 'key' };
      return { env: { ...env, PARLEY_API_SECRET: 'a-secret-for-tests-of-32-letters' }, host: ward.server };
    },
  ),
  fault(
    'a container bridge’s address announced',
    'bridges',
    [/172\.17\.0\.1 \(docker0\)/, /PARLEY_ANNOUNCED_ADDRESS=10\.213\.0\.1/],
    (ward) => {
      ward.run(ward.server, 'ip', 'link', 'add', 'docker0', 'type', 'bridge');
      ward.later(() => ward.run(ward.server, 'ip', 'link', 'del', 'docker0'));
      ward.run(ward.server, 'ip', 'address', 'add', '172.17.0.1/16', 'dev', 'docker0');
      ward.run(ward.server, 'ip', 'link', 'set', 'docker0', 'up');
      return { env: { ...ward.inNetwork, PARLEY_ANNOUNCED_ADDRESS: '' }, host: ward.server };
    },
    'warning',
  ),
  fault(
    'UDP dropped by a firewall',
    'media',
    [/UDP: no answer, TCP: works/, /^open port 20000, 20001 for UDP/],
    async (ward) => {
      await ward.start(ward.inNetwork, ward.server);
      ward.drop('-p', 'udp');
      return fromOutside(ward);
    },
  ),
  fault(
    'TCP to the media ports dropped by a firewall',
    'media',
    [/UDP: works, TCP: no answer/, /^open port 20000, 20001 for TCP/],
    async (ward) => {
      await ward.start(ward.inNetwork, ward.server);
      ward.drop('-p', 'tcp', '--dport', '20000:20001');
      return fromOutside(ward);
    },
  ),
  fault(
    'all media ports dropped by a firewall',
    'media',
    [/UDP: no answer, TCP: no answer, TURN relay: none offered/, /^open port 20000, 20001 for UDP and TCP/],
    async (ward) => {
      await ward.start(ward.inNetwork, ward.server);
      ward.drop('-p', 'udp');
      ward.drop('-p', 'tcp', '--dport', '20000:20001');
      return fromOutside(ward);
    },
  ),
  fault(
    'DTLS dropped by a firewall that passes STUN',
    'media',
    [/STUN is answered over UDP, and DTLS comes to no end/, /MTU/],
    async (ward) => {
      await ward.start(ward.inNetwork, ward.server);
      // The first byte of DTLS’s handshake after the headers of IPv4 and UDP (RFC 7983).
      ward.drop('-p', 'udp', '-m', 'u32', '--u32', '25&0xFF=22');
      return fromOutside(ward);
    },
  ),
  fault(
    'the port of pages taken by another program',
    'ports',
    [/TCP port \d+, of pages and signaling, is in use by \S+ \(pid \d+\)/, /PARLEY_PORT/],
    async (ward) => {
      const env = await ward.loopback();
      const server = createServer((socket) => socket.destroy()).listen(
        Number(env['PARLEY_PORT']),
        '127.0.0.1',
      );
      await once(server, 'listening');
      ward.later(() => server.close());
      return { env };
    },
  ),
  fault(
    'a media port taken by another program',
    'ports',
    [/UDP port \d+, of media, is in use by \S+ \(pid \d+\)/, /PARLEY_RTC_PORT/],
    async (ward) => {
      const env = await ward.loopback();
      const socket = createSocket('udp4');
      socket.bind(Number(env['PARLEY_RTC_PORT']), '127.0.0.1');
      await once(socket, 'listening');
      ward.later(() => socket.close());
      return { env };
    },
  ),
  fault('an expired certificate', 'tls', [/is no longer valid, since \d{4}-/, /renew/], async (ward) => {
    const { cert, key } = await makeCertificate(ward.directory, 'expired', {
      names: [ward.server.address],
      days: [-30, -2],
    });
    const env = { ...ward.inNetwork, PARLEY_TLS_CERT: cert, PARLEY_TLS_KEY: key };
    await ward.start(env, ward.server);
    return { ...fromOutside(ward), env: { NODE_EXTRA_CA_CERTS: cert } };
  }),
  fault(
    'a certificate that is not valid yet',
    'tls',
    [/is not valid before \d{4}-/, /clock/],
    async (ward) => {
      const { cert, key } = await makeCertificate(ward.directory, 'early', {
        names: ['127.0.0.1'],
        days: [2, 30],
      });
      return { env: { ...(await ward.loopback()), PARLEY_TLS_CERT: cert, PARLEY_TLS_KEY: key } };
    },
  ),
  fault(
    'a certificate that ends within 14 days',
    'tls',
    [/ends in 4 days/, /renew/],
    async (ward) => {
      const { cert, key } = await makeCertificate(ward.directory, 'ending', {
        names: ['127.0.0.1'],
        days: [-80, 5],
      });
      return { env: { ...(await ward.loopback()), PARLEY_TLS_CERT: cert, PARLEY_TLS_KEY: key } };
    },
    'warning',
  ),
  fault(
    'a key of another certificate',
    'tls',
    [/other\.key\.pem is not the key of/, /belong together/],
    async (ward) => {
      const { key } = await makeCertificate(ward.directory, 'other', { names: ['127.0.0.1'] });
      const { cert } = ward.certificate;
      return { env: { ...(await ward.loopback()), PARLEY_TLS_CERT: cert, PARLEY_TLS_KEY: key } };
    },
  ),
  fault(
    'a certificate for another name',
    'tls',
    [/is not for 10\.213\.0\.1/, /get one for 10\.213\.0\.1/],
    async (ward) => {
      const { cert, key } = await makeCertificate(ward.directory, 'misnamed', { names: ['elsewhere.test'] });
      const env = { ...ward.inNetwork, PARLEY_TLS_CERT: cert, PARLEY_TLS_KEY: key };
      await ward.start(env, ward.server);
      return { ...fromOutside(ward), env: { NODE_EXTRA_CA_CERTS: cert } };
    },
  ),
  fault(
    'a URL without TLS',
    'tls',
    [/plain HTTP, where browsers give no camera/, /PARLEY_TLS_CERT/],
    async (ward) => {
      const env = { ...ward.inNetwork, PARLEY_TLS_CERT: '', PARLEY_TLS_KEY: '' };
      const { url } = await ward.start(env, ward.server);
      return { host: ward.client, args: ['--url', url] };
    },
  ),
  fault(
    'a wrong TURN secret',
    'turn',
    [/does not take user name and credential \(401/, /static-auth-secret/],
    (ward) => withTurn(ward, ward.turn, { secret: 'another-secret' }),
  ),
  fault('a TURN credential whose time is over', 'turn', [/credential’s time is over/, /clocks/], (ward) =>
    withTurn(ward, ward.turn, { validFor: -60 }),
  ),
  fault(
    'a TURN server that is not there',
    'turn',
    [/cannot be reached/, /start the TURN server/],
    async (ward) => {
      const urls = `turn:127.0.0.1:${await freePort(['127.0.0.1'])}?transport=udp`;
      const servers = [{ urls, username: 'ann', credential: 'word' }];
      return { env: { ...(await ward.loopback()), PARLEY_ICE_SERVERS: JSON.stringify(servers) } };
    },
  ),
  fault(
    'a TURN server that may not relay to the media ports',
    'turn',
    [/may not relay to the media ports \(403/, /allowed-peer-ip/],
    async (ward) => {
      const turn = await Coturn.start(ward.directory, ward.certificate, ['--denied-peer-ip=127.0.0.1']);
      ward.later(() => turn.close());
      return withTurn(ward, turn);
    },
  ),
  fault(
    'TURN over TLS with a certificate that nobody trusts',
    'turn',
    [/^turns:.*browsers refuse its certificate/, /authority that browsers know/],
    async (ward) => {
      const files = await makeCertificate(ward.directory, 'untrusted', { names: ['127.0.0.1'] });
      const turn = await Coturn.start(ward.directory, files);
      ward.later(() => turn.close());
      return withTurn(ward, turn);
    },
  ),
  fault(
    'few open files',
    'files',
    [/600 files may be open, and 10000 peers/, /LimitNOFILE=10256/],
    async (ward) => ({ env: await ward.loopback(), under: ['prlimit', '--nofile=600:600', '--'] }),
  ),
  fault('Redis away', 'redis', [/cannot be used: .*ECONNREFUSED/, /PARLEY_REDIS_URL/], async (ward) => {
    const redis = await RedisServer.start();
    ward.later(() => redis.close());
    const env = { ...(await ward.loopback()), PARLEY_REDIS_URL: redis.url };
    await ward.start({ ...env, PARLEY_NODE_ADDRESS: '127.0.0.1' });
    await redis.kill();
    return { env };
  }),
  fault(
    'a wrong password for Redis',
    'redis',
    [/cannot be used: .*(WRONGPASS|NOAUTH|invalid password)/, /PARLEY_REDIS_URL/],
    async (ward) => {
      const redis = await RedisServer.start({ password: 'right' });
      ward.later(() => redis.close());
      return { env: { ...(await ward.loopback()), PARLEY_REDIS_URL: redis.url.replace('right', 'wrong') } };
    },
  ),
  fault('a clock that is two minutes behind', 'clock', [/clock is 1[12]\d s behind/, /NTP/], (ward) =>
    behindProxy(ward, { ahead: 120_000 }),
  ),
  fault('a proxy that passes no WebSockets', 'server', [/lets no client in: .*403/, /WebSockets/], (ward) =>
    behindProxy(ward, { webSockets: false }),
  ),
  fault(
    'a media worker that does not run',
    'worker',
    [/media worker does not run/, /MEDIASOUP_WORKER_BIN/],
    async (ward) => ({ env: { ...(await ward.loopback()), MEDIASOUP_WORKER_BIN: '/bin/false' } }),
  ),
];
