/** Which way the call takes where UDP is blocked. */
export type Detour = 'tcp' | 'relay' | null;

/** The sentences of the network test before a call in English; part of `english`. */
export const englishCallTest = {
  networkTest: 'Test your network',
  networkTestTitle: 'Your network',
  networkTestAgain: 'Test again',
  networkBusy: 'Others are testing at the moment. Try again shortly.',

  networkUdp: 'Direct (UDP)',
  networkTcp: 'Direct (TCP)',
  networkRelay: 'Relay (TURN)',
  networkRoundTrip: 'Response time',
  networkDownlink: 'Download',
  networkUplink: 'Upload',

  networkTesting: 'Testing…',
  networkGood: 'Good',
  networkFailed: 'Blocked',
  networkUnknown: 'Not known',
  networkAbsent: 'None',

  networkUdpAbout: 'The best way for sound and video.',
  networkTcpAbout: 'The way where UDP is blocked.',
  networkRelayAbout: 'The way where everything else is blocked.',
  networkRoundTripAbout: 'From here to the server and back.',
  networkDownlinkAbout: 'What you can get of the others.',
  networkUplinkAbout: 'What the others can get of you.',

  networkUdpWorks: 'Sound and video take the best way.',
  networkUdpBlocked: (ports: string, detour: Detour) =>
    detour === 'tcp'
      ? `UDP is blocked on this network. The call works over TCP but may stutter. Try another network, or ask whoever runs this one to open UDP port ${ports}.`
      : detour === 'relay'
        ? `UDP is blocked on this network. The call works through the relay but may stutter. Try another network, or ask whoever runs this one to open UDP port ${ports}.`
        : `Nothing comes back. Try another network, such as a phone’s, or no VPN, or ask whoever runs this one to open port ${ports} for UDP and TCP.`,
  networkWorksToo: 'It is there if the better way fails.',
  networkTaken: 'Your call takes this way.',
  networkNotNeeded: 'It does not get through, but is not needed here.',
  networkRelayBlocked: 'The relay does not answer either.',
  networkRelayAbsent: 'This server has no relay; it is not needed here.',
  networkRelayWanted: 'This server has no relay. Whoever runs the server can add one.',

  networkRoundTripGood: 'Fast enough to talk naturally.',
  networkRoundTripSlow: 'You will hear each other late. A cable, or another network, may help.',
  networkNotMeasured: 'It could not be measured.',
  networkDownlinkGood: 'Enough to see the others well.',
  networkDownlinkSmall: 'Enough for small pictures. Pause downloads, or move closer to the router.',
  networkDownlinkPoor: 'Enough to hear, hardly to see. Pause downloads, or try another network.',
  networkUplinkGood: 'Enough to be seen well.',
  networkUplinkSmall: 'Enough for a small picture. Pause uploads, or move closer to the router.',
  networkUplinkPoor: 'Enough to be heard. Join without your camera, or try another network.',

  networkVerdictTesting: 'Testing your network. This takes a few seconds.',
  networkVerdictGood: 'Your network is ready for calls.',
  networkVerdictLimited: 'Calls work, with limits.',
  networkVerdictFailed: 'Calls do not get through on this network.',
};
