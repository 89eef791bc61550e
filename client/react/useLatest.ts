import { useEffect, useRef, type RefObject } from 'react';

/** The value of the last rendering that was shown, for callbacks that are called later. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}
