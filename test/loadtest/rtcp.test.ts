import { describe, expect, it } from '@jest/globals';
import type { ReceiverEstimatedMaxBitrate, RtcpSourceDescriptionPacket } from 'werift';
import {
  GenericNack,
  PictureLossIndication,
  RtcpPacketConverter,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
} from 'werift';
import { seededRandom } from '../../loadtest/rtp/random.ts';
import { readRtcp, type ReportBlock } from '../../loadtest/rtp/rtcp.ts';
import {
  packRtcp,
  writeBye,
  writeCname,
  writeEstimatedBitrate,
  writeFullIntra,
  writeNacks,
  writePictureLoss,
  writeReceiverReports,
  writeSenderReport,
} from '../../loadtest/rtp/rtcpWriter.ts';

const block = (ssrc: number): ReportBlock => ({
  ssrc,
  fractionLost: 12,
  cumulativeLost: -3,
  highestSequence: 0x0002ffff,
  jitter: 77,
  lastSenderReport: 0xdeadbeef,
  delaySinceLastSenderReport: 65_536,
});

describe('RTCP', () => {
  const report = {
    ssrc: 0xfedcba98,
    ntp: 0xe9a1b2c3_80000000n,
    rtpTimestamp: 0xfffffff0,
    packets: 1000,
    octets: 1_000_000,
    blocks: [block(1)],
  };

  it('reads back a compound of sender report, CNAME and feedback', () => {
    const compound = Buffer.concat([
      writeSenderReport(report),
      writeCname(report.ssrc, 'bot-é'),
      ...writeNacks(1, 2, [65_534, 65_535, 0, 14, 15, 300]),
      writePictureLoss(1, 3),
      writeFullIntra(1, [{ ssrc: 5, sequence: 255 }]),
      writeEstimatedBitrate(1, 2_500_000, [7, 8]),
      writeBye([1, 2]),
    ]);
    expect(readRtcp(compound)).toEqual([
      { type: 'senderReport', ...report },
      { type: 'sourceDescription', sources: [{ ssrc: report.ssrc, cname: 'bot-é' }] },
      { type: 'nack', sender: 1, media: 2, sequences: [65_534, 65_535, 0, 14, 15, 300] },
      { type: 'pictureLoss', sender: 1, media: 3 },
      { type: 'fullIntra', sender: 1, requests: [{ ssrc: 5, sequence: 255 }] },
      { type: 'estimatedBitrate', sender: 1, bitrate: 2_500_000, ssrcs: [7, 8] },
      { type: 'bye', ssrcs: [1, 2] },
    ]);
  });

  it('packs NACKs into as few items as the bitmask allows', () => {
    expect(writeNacks(1, 2, [10, 11, 26, 27])[0]).toHaveLength(12 + 2 * 4);
    expect(writeNacks(1, 2, [])).toEqual([]);
    const spread = Array.from({ length: 600 }, (_, index) => index * 20);
    const packets = writeNacks(1, 2, spread);
    expect(packets.map(({ length }) => length)).toEqual([1012, 1012, 412]);
    expect(
      packets
        .flatMap((packet) => readRtcp(packet))
        .flatMap((nack) => ('sequences' in nack ? nack.sequences : [])),
    ).toEqual(spread);
  });

  it('splits receiver reports at 31 blocks, and writes one without blocks', () => {
    const blocks = Array.from({ length: 70 }, (_, index) => block(index));
    const packets = writeReceiverReports(9, blocks);
    expect(packets).toHaveLength(3);
    expect(readRtcp(Buffer.concat(packets))).toEqual([
      { type: 'receiverReport', ssrc: 9, blocks: blocks.slice(0, 31) },
      { type: 'receiverReport', ssrc: 9, blocks: blocks.slice(31, 62) },
      { type: 'receiverReport', ssrc: 9, blocks: blocks.slice(62) },
    ]);
    expect(readRtcp(Buffer.concat(writeReceiverReports(9, [])))).toEqual([
      { type: 'receiverReport', ssrc: 9, blocks: [] },
    ]);
  });

  it('packs packets into datagrams in their order', () => {
    const packets = [500, 600, 200, 1500, 100].map((length) => Buffer.alloc(length, length % 251));
    const datagrams = packRtcp(packets, 1200);
    expect(datagrams.map(({ length }) => length)).toEqual([1100, 200, 1500, 100]);
    expect(Buffer.concat(datagrams)).toEqual(Buffer.concat(packets));
    expect(packRtcp([])).toEqual([]);
  });

  it('is read by werift as it was meant', () => {
    const [sr] = RtcpPacketConverter.deSerialize(writeSenderReport(report)) as [RtcpSrPacket];
    expect(sr).toBeInstanceOf(RtcpSrPacket);
    expect(sr.senderInfo).toMatchObject({
      ntpTimestamp: report.ntp,
      rtpTimestamp: 0xfffffff0,
      packetCount: 1000,
    });
    const positive = { ...block(4), cumulativeLost: 70_000 };
    const [rr] = RtcpPacketConverter.deSerialize(writeReceiverReports(3, [positive])[0]!) as [RtcpRrPacket];
    expect(rr).toBeInstanceOf(RtcpRrPacket);
    expect(rr.reports[0]).toMatchObject({
      ssrc: 4,
      fractionLost: 12,
      packetsLost: 70_000,
      highestSequence: 0x0002ffff,
      jitter: 77,
      lsr: 0xdeadbeef,
      dlsr: 65_536,
    });
    for (const cname of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
      const [sdes] = RtcpPacketConverter.deSerialize(writeCname(6, cname)) as [RtcpSourceDescriptionPacket];
      expect(sdes.chunks[0]?.source).toBe(6);
      expect(sdes.chunks[0]?.items[0]).toMatchObject({ type: 1, text: cname });
      expect(readRtcp(writeCname(6, cname))).toEqual([
        { type: 'sourceDescription', sources: [{ ssrc: 6, cname }] },
      ]);
    }
    const [nack] = RtcpPacketConverter.deSerialize(writeNacks(1, 2, [5, 6, 21, 22])[0]!) as [
      RtcpTransportLayerFeedback,
    ];
    expect(nack.feedback).toMatchObject({ senderSsrc: 1, mediaSourceSsrc: 2, lost: [5, 6, 21, 22] });
    const [pli] = RtcpPacketConverter.deSerialize(writePictureLoss(1, 2)) as [RtcpPayloadSpecificFeedback];
    expect(pli.feedback).toBeInstanceOf(PictureLossIndication);
    const [remb] = RtcpPacketConverter.deSerialize(writeEstimatedBitrate(1, 600_000_000, [2])) as [
      RtcpPayloadSpecificFeedback,
    ];
    expect((remb.feedback as ReceiverEstimatedMaxBitrate).ssrcFeedbacks).toEqual([2]);
    expect(Number((remb.feedback as ReceiverEstimatedMaxBitrate).bitrate) / 600_000_000).toBeCloseTo(1, 4);
  });

  it('reads what werift writes', () => {
    const nack = new RtcpTransportLayerFeedback({
      feedback: new GenericNack({ senderSsrc: 1, mediaSourceSsrc: 2, lost: [100, 101, 130] }),
    }).serialize();
    const pli = new RtcpPayloadSpecificFeedback({
      feedback: new PictureLossIndication({ senderSsrc: 1, mediaSsrc: 3 }),
    }).serialize();
    expect(readRtcp(Buffer.concat([nack, pli]))).toEqual([
      { type: 'nack', sender: 1, media: 2, sequences: [100, 101, 130] },
      { type: 'pictureLoss', sender: 1, media: 3 },
    ]);
  });

  it('keeps what came before a packet that is cut short, and skips unknown ones', () => {
    const pli = writePictureLoss(1, 2);
    const unknown = Buffer.from([0x80, 207, 0, 1, 0, 0, 0, 0]);
    expect(readRtcp(Buffer.concat([unknown, pli, pli.subarray(0, 10)]))).toEqual([
      { type: 'pictureLoss', sender: 1, media: 2 },
    ]);
    const lies = writeReceiverReports(1, [block(1)])[0]!;
    lies[0] = 0x80 | 5;
    expect(readRtcp(Buffer.concat([lies, pli]))).toEqual([{ type: 'pictureLoss', sender: 1, media: 2 }]);
  });

  it('never throws, whatever comes', () => {
    const random = seededRandom(2);
    const types = [200, 201, 202, 203, 205, 206, 207];
    let read = 0;
    for (let round = 0; round < 30_000; round++) {
      const garbage = Buffer.from(
        Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256)),
      );
      if (garbage.length > 4) {
        garbage[0] = 0x80 | ((garbage[0] ?? 0) & 0x3f);
        garbage[1] = types[round % types.length]!;
        garbage.writeUInt16BE(Math.floor((random() * garbage.length) / 4), 2);
      }
      read += readRtcp(garbage).length;
    }
    expect(read).toBeGreaterThan(500);
  });
});
