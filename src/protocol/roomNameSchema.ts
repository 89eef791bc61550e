import { z } from 'zod';
import { isRoomName } from './roomName.ts';

export const roomNameSchema = z
  .string()
  .refine(isRoomName, 'must be 1 to 64 of: letters, digits, . _ ~ - and neither "." nor ".."');
