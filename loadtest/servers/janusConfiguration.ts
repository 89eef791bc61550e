import { join } from 'node:path';

export interface JanusSettings {
  directory: string;
  address: string;
  port: number;
  eventLoops: number | undefined;
  iceLite: boolean;
}

/** What Debian's package has besides; unused, they would only blur how much memory media takes. */
const UNUSED = {
  plugins: [
    'audiobridge',
    'duktape',
    'echotest',
    'lua',
    'nosip',
    'recordplay',
    'sip',
    'streaming',
    'textroom',
    'videocall',
    'voicemail',
  ],
  transports: ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'],
  events: ['gelfevh', 'mqttevh', 'nanomsgevh', 'rabbitmqevh', 'sampleevh', 'wsevh'],
  loggers: ['jsonlog'],
};

/** Janus's configuration files by name: no STUN, no TURN, no admin interface; the rest as it is shipped. */
export function janusConfiguration(settings: JanusSettings): Record<string, string> {
  const { directory, address, port, eventLoops, iceLite } = settings;
  const disabled = (kind: keyof typeof UNUSED): string =>
    `${kind}: {\n\tdisable = "${UNUSED[kind].map((name) => `libjanus_${name}.so`).join(',')}"\n}`;
  return {
    'janus.jcfg': [
      'general: {',
      `\tconfigs_folder = "${directory}"`,
      '\tlog_to_stdout = false',
      `\tlog_to_file = "${join(directory, 'janus.log')}"`,
      '\tdebug_level = 3',
      ...(eventLoops === undefined ? [] : [`\tevent_loops = ${eventLoops}`]),
      '}',
      'nat: {',
      '\tnice_debug = false',
      `\tice_enforce_list = "${address}"`,
      ...(iceLite ? ['\tice_lite = true'] : []),
      '}',
      disabled('plugins'),
      disabled('transports'),
      disabled('events'),
      disabled('loggers'),
      '',
    ].join('\n'),
    'janus.transport.websockets.jcfg': [
      'general: {',
      '\tjson = "plain"',
      '\tws = true',
      `\tws_ip = "${address}"`,
      `\tws_port = ${port}`,
      '\twss = false',
      '}',
      'admin: {',
      '\tadmin_ws = false',
      '}',
      '',
    ].join('\n'),
    'janus.plugin.videoroom.jcfg': 'general: {\n}\n',
  };
}
