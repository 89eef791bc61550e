import { useMediaElement, useParticipants, useTracks } from '@parley/client/react';

export function Tiles() {
  const participants = useParticipants();
  const screens = useTracks({ sources: ['screen'] });
  return (
    <div className="tiles">
      {screens.map(({ name, publication }) => (
        <figure key={publication.producerId}>
          <Video publication={publication} />
          <figcaption>{name}’s screen</figcaption>
        </figure>
      ))}
      {participants.map((participant) => (
        <Tile key={participant.peerId} participant={participant} />
      ))}
    </div>
  );
}

function Tile({ participant: { name, isLocal, speaking, publications } }) {
  const camera = publications.find(({ source, paused }) => source === 'camera' && !paused);
  const sounds = publications.filter(({ kind }) => kind === 'audio');
  return (
    <figure data-peer-name={name} data-speaking={speaking}>
      {camera && <Video publication={camera} />}
      {/* Nobody wants to hear oneself. */}
      {!isLocal && sounds.map((sound) => <Sound key={sound.producerId} publication={sound} />)}
      <figcaption>{isLocal ? `${name} (you)` : name}</figcaption>
    </figure>
  );
}

function Video({ publication: { track, source } }) {
  return <video ref={useMediaElement(track)} data-source={source} autoPlay playsInline muted />;
}

function Sound({ publication: { track } }) {
  return <audio ref={useMediaElement(track)} autoPlay />;
}
