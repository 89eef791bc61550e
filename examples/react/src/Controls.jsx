import { useTrackToggle } from '@parley/client/react';

export function Controls({ onLeave }) {
  return (
    <div className="controls">
      <Toggle source="microphone" label="Microphone" />
      <Toggle source="camera" label="Camera" />
      <Toggle source="screen" label="Screen" />
      <button onClick={onLeave}>Leave</button>
    </div>
  );
}

function Toggle({ source, label }) {
  const { enabled, pending, error, toggle } = useTrackToggle(source);
  return (
    <button aria-pressed={enabled} disabled={pending} title={error?.message} onClick={() => toggle()}>
      {label} {enabled ? 'on' : 'off'}
    </button>
  );
}
