import { describe, expect, it } from '@jest/globals';
import { brakeFor } from '../../src/sfu/forwarding/DownlinkBrake.ts';

describe('a downlink that loses much of what is sent', () => {
  it('is held to less than what arrives', () => {
    const brake = brakeFor({ sent: 1_600_000, available: 2_000_000, loss: 0.7 });
    expect(brake).toBeDefined();
    expect(brake).toBeLessThan(1_600_000 * 0.3);
  });

  it('is left alone when it loses few packets', () => {
    expect(brakeFor({ sent: 1_600_000, available: 2_000_000, loss: 0.05 })).toBeUndefined();
    expect(brakeFor({ sent: 1_600_000, available: 2_000_000, loss: 0 })).toBeUndefined();
  });

  it('is left alone when it is taken to carry no more than that anyway', () => {
    expect(brakeFor({ sent: 1_600_000, available: 200_000, loss: 0.3 })).toBeUndefined();
  });

  it('still carries a small picture', () => {
    expect(brakeFor({ sent: 150_000, available: 400_000, loss: 1 })).toBeGreaterThanOrEqual(100_000);
  });
});
